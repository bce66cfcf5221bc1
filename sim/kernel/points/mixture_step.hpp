// One reverse step of a state in two isotropic Gaussian classes. May depend on: the standard
// library.
//
// x' = keep x + shift + pull axis + kick z per coordinate, and axis.x' for the next step in the
// same pass: the state (2 KB at d = 256) stays in L1, and beside its normals a step costs three
// multiply-adds per coordinate. Without `shift` (null) the classes are centred.
#pragma once
#include <cstddef>

namespace symbreak::kernel {

template <class Real>
struct MixtureStep {
  Real keep, pull, kick;
  Real middle;  ///< factor of `shift`
};

/// Returns axis.x', accumulated in vectors of Real and summed in double.
double mixture_step(const MixtureStep<double>& step, const double* axis, const double* shift,
                    const double* z, double* x, std::size_t n);
double mixture_step(const MixtureStep<float>& step, const float* axis, const float* shift,
                    const float* z, float* x, std::size_t n);

}  // namespace symbreak::kernel
