// Where the branches of the equation of state appear, vanish and exchange stability: predictions
// for the experiment `equation_of_state`. May depend on: fixed_points.hpp.
//
// All transitions are noise variances s = 1/beta in the Brownian gauge; diffusion::Forward turns
// them into times of the deck's clock.
#pragma once
#include <optional>
#include <string>

#include "sim/experiment/equation_of_state/fixed_points.hpp"

namespace symbreak::experiment::equation_of_state {

using SharedTarget = std::shared_ptr<const target::Target>;

struct Transition {
  double noise = 0;
  std::string source;  ///< names the criterion and says closed form or solved
};

/// Highest noise at which the symmetric branch loses stability: kappa beta lambda_max(C_beta) = 1.
/// Score: the target's own critical noise. Drift of an even target of fixed norm: with theta^2 =
/// sqrt(1 + lambda^2) - lambda (Raya & Ambrogioni 2023 for
/// two deltas). Else, for even targets, solved at x = 0; nullopt when there is none.
std::optional<Transition> critical(const SharedTarget& target, Criterion criterion);
/// The next lower noise at which the symmetric branch of an even target of varying norm is stable
/// again.
std::optional<Transition> restabilised(const SharedTarget& target, Criterion criterion);

/// Highest noise at which a pair of branches is born off the symmetric one (a fold), on the first
/// order axis; nullopt where there is none or the axis is not invariant. For an even target
/// without a field only when its transition is not continuous.
std::optional<Transition> spinodal(const SharedTarget& target, Criterion criterion, double field);
/// First-order transition of an even target: noise below the fold at which the outer branch and
/// the symmetric one have equal potential.
std::optional<Transition> coexistence(const SharedTarget& target, Criterion criterion);

/// Landau expansion of the residual on the first order axis of an even target at zero field,
///     c - <c> = linear c + cubic c^3 + quintic c^5 + ...
/// (kappa |u|^2 times it is the derivative of the potential). From 8 values within half the
/// distance at which the response saturates; errors from dropping two of them.
struct Landau {
  double linear = 0, cubic = 0, quintic = 0;
  double linear_error = 0, cubic_error = 0, quintic_error = 0;
  double radius = 0;  ///< largest c used
};
Landau landau(const SelfConsistency& equation, const Line& line);

/// Amplitude B of the continuous transition, m = B sqrt(|tau|), tau = t/t_c - 1, where `stretch` =
/// d log s/d log t at t_c. nullopt unless the cubic coefficient is positive.
std::optional<double> amplitude(const SharedTarget& target, Criterion criterion, double noise,
                                double stretch);

/// P(two clones split at noise s end in the same class) = E sum_c P(c|x)^2 of a one-dimensional
/// target, by quadrature over p(x). (Biroli, Bonnaire, de Bortoli & Mezard 2024.)
double clone_probability(const target::Target& target, double noise);
}  // namespace symbreak::experiment::equation_of_state
