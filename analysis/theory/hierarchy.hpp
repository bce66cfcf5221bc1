// Belief propagation of the random hierarchy model, averaged over its rules (Sclocchi, Favero &
// Wyart 2024). May depend on: the standard library.
#pragma once

namespace symbreak::theory {

/// Mean belief in the true symbol of a parent when that of its s children is p, v symbols, m
/// synonyms: F(p) = [p^s + (m-1)/(v^s-1) (1-p^s)]/[p^s + f (1-p^s)], f = (mv-1)/(v^s-1).
double hierarchy_recursion(double p, double v, double m, int s);
/// After `layers` layers.
double hierarchy_belief(double p, double v, double m, int s, int layers);
/// The unstable fixed point p* in (1/v, 1): beliefs above it grow towards the root, below it
/// vanish. s = 2: (m-1)/(v-m). NaN when there is none (m >= v^{s-1}: never recovered; m = 1:
/// always).
double hierarchy_threshold(double v, double m, int s);

}  // namespace symbreak::theory
