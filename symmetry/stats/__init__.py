"""Statistics on plain NumPy arrays, without knowledge of faces or tables.

agreement           SEM, minimal detectable change, ICC, limits of agreement
autocorrelation     noise of courses over irregular times
checks              checks of array arguments
dose                Theil-Sen slope, Kendall's tau, Spearman's rho
effect_sizes        Hedges' g from summary statistics
estimates           Estimate, half-widths
mean_changes        mean change, difference of means, Hedges' g
multiple_testing    Holm's correction
permutation_tests   sign flips, two groups; Wilcoxon
phases              baseline against treatment, nonoverlap of all pairs
proportions         Wilson, Newcombe, Fisher, Cohen's kappa
trends              robust trend over time
"""
