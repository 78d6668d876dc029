# Reference values of public data sets, worked out by R, and the data themselves as CSV.
#
#     Rscript tools/agreement.R FOLDER
#
# Needs psych, lavaan, multilevel and lme4. Everything is written to FOLDER, which
# tools/agreement.py reads; nothing of it belongs into the repository.

suppressPackageStartupMessages({
  library(psych)
  library(lavaan)
  library(multilevel)
})

folder <- commandArgs(TRUE)[1]
found <- data.frame(data = character(), statistic = character(), value = numeric())
note <- function(data, statistic, value) {
  value <- as.numeric(value)
  names <- if (length(value) > 1) paste0(statistic, "_", seq_along(value)) else statistic
  found <<- rbind(found, data.frame(data = data, statistic = names, value = value))
}
keep <- function(name, frame) {
  write.csv(frame, file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "")
}

# --- items: bfi (five scales of five items on six options, missing answers), attitude -------
measure_items <- function(name, keyed, graded) {
  items <- names(keyed)
  k <- length(items)
  keep(name, keyed)
  whole <- keyed[complete.cases(keyed), ]
  told <- psych::alpha(keyed, warnings = FALSE)
  note(name, "alpha", told$total$raw_alpha)
  note(name, "item_rest", told$item.stats$r.drop)
  note(name, "if_dropped", told$alpha.drop$raw_alpha)
  complete <- psych::alpha(whole, warnings = FALSE)
  note(name, "alpha_complete", complete$total$raw_alpha)
  note(name, "standardized_complete", complete$total$std.alpha)
  note(name, "lambda6_complete", complete$total$`G6(smc)`)
  feldt <- alpha.ci(complete$total$raw_alpha, n.obs = nrow(whole), n.var = k, digits = 12)
  note(name, "feldt_low", feldt$lower.ci)
  note(name, "feldt_high", feldt$upper.ci)
  # splitHalf of psych 2.2.9 tries only half of the splits of an odd number of items.
  r <- cor(whole)
  halves <- combn(k, k %/% 2, function(half) 4 * sum(r[half, -half]) / sum(r))
  note(name, "lambda4", max(halves))
  note(name, "beta", min(halves))
  labels <- paste0("f =~ ", paste0("l", 1:k, "*", items, collapse = " + "))
  free <- paste0(items, " ~~ u", 1:k, "*", items, collapse = "\n")
  total <- paste0("(", paste0("l", 1:k, collapse = " + "), ")^2")
  omega <- paste0(
    "omega := ", total, " / (", total, " + ", paste0("u", 1:k, collapse = " + "), ")"
  )
  fit <- cfa(paste(labels, free, omega, sep = "\n"), data = whole, std.lv = TRUE)
  own <- parameterEstimates(fit)
  own <- own[own$label == "omega", ]
  note(name, "omega", own$est)
  note(name, "omega_low", own$ci.lower)
  note(name, "omega_high", own$ci.upper)
  note(name, "chi_square", fitMeasures(fit, "chisq"))
  note(name, "cfi", fitMeasures(fit, "cfi"))
  note(name, "rmsea", fitMeasures(fit, "rmsea"))
  model <- paste(labels, free, omega, sep = "\n")
  fit <- cfa(model, data = keyed, std.lv = TRUE, missing = "fiml", estimator = "MLR")
  own <- parameterEstimates(fit)
  own <- own[own$label == "omega", ]
  note(name, "omega_full", own$est)
  note(name, "omega_full_low", own$ci.lower)
  note(name, "omega_full_high", own$ci.upper)
  fit <- cfa(model, data = keyed, std.lv = TRUE, missing = "fiml")
  note(name, "full_chi_square", fitMeasures(fit, "chisq"))
  note(name, "full_cfi", fitMeasures(fit, "cfi"))
  note(name, "full_tli", fitMeasures(fit, "tli"))
  note(name, "full_rmsea", fitMeasures(fit, "rmsea"))
  note(name, "full_srmr", fitMeasures(fit, "srmr"))
  if (!graded) return(invisible())
  rho <- lavCor(whole, ordered = items, output = "cor")
  note(name, "polychoric", rho[lower.tri(rho)])
  rho <- suppressWarnings(polychoric(keyed, correct = 0)$rho)
  note(name, "ordinal_alpha", psych::alpha(rho, warnings = FALSE)$total$std.alpha)
}
scales <- list(
  bfi_A = c("-A1", "A2", "A3", "A4", "A5"), bfi_C = c("C1", "C2", "C3", "-C4", "-C5"),
  bfi_E = c("-E1", "-E2", "E3", "E4", "E5"), bfi_N = c("N1", "N2", "N3", "N4", "N5"),
  bfi_O = c("O1", "-O2", "O3", "O4", "-O5")
)
for (name in names(scales)) {
  keyed <- bfi[, sub("-", "", scales[[name]], fixed = TRUE)]
  turned <- grepl("-", scales[[name]], fixed = TRUE)
  keyed[, turned] <- 7 - keyed[, turned]
  measure_items(name, keyed, graded = TRUE)
}
measure_items("attitude", attitude, graded = FALSE)

# --- Holzinger and Swineford: one factor over nine tests, by school ------------------------
pupils <- HolzingerSwineford1939
tests <- paste0("x", 1:9)
keep("holzinger", pupils[, c("school", tests)])
model <- paste("f =~", paste(tests, collapse = " + "))
equal <- list(configural = "", metric = "loadings",
  scalar = c("loadings", "intercepts"), strict = c("loadings", "intercepts", "residuals"))
for (step in names(equal)) {
  fit <- cfa(model, data = pupils, group = "school", group.equal = equal[[step]])
  for (name in c("chisq", "df", "cfi", "rmsea")) {
    note("holzinger", paste0(step, "_", name), fitMeasures(fit, name))
  }
}

# --- groups: bh1996 (99 companies), lq2002 (49), cohesion (11 platoons) --------------------
compare_means <- function(name, value, group) {
  there <- !is.na(value)
  value <- value[there]
  group <- factor(group[there])
  keep(name, data.frame(group = as.integer(group), value = value))
  table <- summary(aov(value ~ group))[[1]]
  between <- table[1, "Mean Sq"]
  within <- table[2, "Mean Sq"]
  sizes <- as.numeric(table(group))
  k <- length(sizes)
  n0 <- (sum(sizes) - sum(sizes^2) / sum(sizes)) / (k - 1)
  note(name, "icc1", (between - within) / (between + (n0 - 1) * within))
  note(name, "icc2", ICC2(aov(value ~ group)))
  ends <- between / within / qf(c(0.975, 0.025), k - 1, sum(sizes) - k)
  note(name, "icc1_low", (ends[1] - 1) / (ends[1] + n0 - 1))
  note(name, "icc1_high", (ends[2] - 1) / (ends[2] + n0 - 1))
  fit <- lme4::lmer(value ~ 1 + (1 | group), control = lme4::lmerControl(
    optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12)))
  parts <- as.data.frame(lme4::VarCorr(fit))$vcov
  note(name, "reml_between", parts[1])
  note(name, "reml_within", parts[2])
  means <- coef(fit)$group[, 1]
  note(name, "shrunken", means[1:5])
  note(name, "mean_reliability", median(parts[1] / (parts[1] + parts[2] / sizes)))
}
agree <- function(name, items, group) {
  # rwg.j of multilevel 2.7 leaves out whoever skipped an item.
  there <- complete.cases(items)
  items <- items[there, ]
  group <- group[there]
  keep(name, data.frame(group = as.integer(factor(group)), items))
  note(name, "rwgj", mean(rwg.j(items, group, ranvar = 2)$rwg.j))
  note(name, "rwgj_slight", mean(rwg.j(items, group, ranvar = 1.34)$rwg.j))
  note(name, "rwgj_star", mean(rwg.j.lindell(items, group, ranvar = 2)$rwg.lindell))
  note(name, "ad_mean", mean(ad.m(items, group)$AD.M))
  note(name, "ad_median", mean(ad.m(items, group, type = "median")$AD.M))
}
data(bh1996)
data(lq2002)
data(cohesion)
data(klein2000)
compare_means("bh1996_WBEING", bh1996$WBEING, bh1996$GRP)
compare_means("bh1996_LEAD", bh1996$LEAD, bh1996$GRP)
compare_means("bh1996_HRS", bh1996$HRS, bh1996$GRP)
compare_means("lq2002_LEAD", lq2002$LEAD, lq2002$COMPID)
compare_means("klein2000_POSAFF", klein2000$POSAFF, klein2000$GRPID)
platoons <- paste(cohesion$UNIT, cohesion$PLATOON)
compare_means("cohesion_COH01", cohesion$COH01, platoons)
agree("lq2002_items", lq2002[, grep("^LEAD[0-9]", names(lq2002))], lq2002$COMPID)
agree("cohesion_items", cohesion[, paste0("COH0", 1:5)], platoons)

write.csv(found, file.path(folder, "values.csv"), row.names = FALSE)
