// Spectra of J = d<y>/dx = Cov(y|x)/s, the Jacobian of the clean mean: what is known in closed form.
// E tr J = E|y - <y>|^2/s = 2 dH/d ln s for any exact score (I-MMSE). May depend on: analysis/theory.
#pragma once
#include <vector>

namespace symbreak::theory {

/// E tr J of data on the sphere S^{d-1} of this radius, x = y + sqrt(s) z: (r^2/s)(1 - E A_d(k)^2),
/// k = r |x|/s, by quadrature over |x|. Absolute error 1e-9 d. Low noise: (d - 1)(1 - s (d - 5/2)/r^2).
double sphere_trace(double d, double radius, double noise);

/// E tr J of two equal Gaussian classes of variance v in d dimensions, G = |m|^2/(v + s):
/// d v/(v+s) + (s/(v+s)) G mmse(G).
double two_class_trace(double d, double variance, double class_signal, double noise);

/// Points of a Gaussian law of these variances (their plane: those that are not zero), log N of them.
/// Where they collapse: sum_k ln(1 + v_k/s)/2 = log N; 0: nowhere.
double linear_collapse_noise(const std::vector<double>& variances, double log_count);
/// Below the collapse the mean of J over states that are independent of the points freezes, J_k =
/// v_k/(v_k + sigma), to leading order in log N; this sigma (s itself above the collapse):
///   sum_k [v_k (v_k + s)/(v_k + sigma)^2 + sigma/(v_k + sigma) - 1 + ln(1 + v_k/sigma)]/2 = log N.
double frozen_noise(const std::vector<double>& variances, double noise, double log_count);

}  // namespace symbreak::theory
