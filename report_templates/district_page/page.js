"use strict";
(function () {
  var table = document.getElementById("table");
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var find = document.getElementById("find");
  var found = document.getElementById("found");
  var plain = function (text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  };
  var names = rows.map(function (row) { return plain(row.cells[0].dataset.v); });
  var tell = function () {
    var wanted = plain(find.value.trim());
    var count = 0;
    rows.forEach(function (row, index) {
      row.hidden = !names[index].includes(wanted);
      count += row.hidden ? 0 : 1;
    });
    found.textContent = count === 1 ? found.dataset.one : found.dataset.many.replace("#", count);
  };
  var sort = function (column, up) {
    var number = column > 0;
    var sorted = rows.slice().sort(function (one, other) {
      var a = one.cells[column].dataset.v;
      var b = other.cells[column].dataset.v;
      if (a === "" || b === "") {
        return (a === "" ? 1 : 0) - (b === "" ? 1 : 0); // what is not shown stands last
      }
      var order = number ? a - b : a.localeCompare(b, document.documentElement.lang);
      return up ? order : -order;
    });
    sorted.forEach(function (row) { body.appendChild(row); });
  };
  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = cell.textContent;
    button.title = table.dataset.sort.replace("#", cell.textContent);
    cell.textContent = "";
    cell.appendChild(button);
    button.addEventListener("click", function () {
      var up = cell.getAttribute("aria-sort") !== "ascending";
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) {
        other.removeAttribute("aria-sort");
      });
      cell.setAttribute("aria-sort", up ? "ascending" : "descending");
      sort(column, up);
    });
  });
  find.addEventListener("input", tell);
  document.querySelector(".find").hidden = false;
  tell();
})();
