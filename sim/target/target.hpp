// Targets: distributions of clean data, and the Gibbs measure of the clean datum given a noisy one.
// May depend on: Eigen, sim/kernel, sim/random, sim/deck, analysis/theory.
//
// Gauge. Everything here is in the Brownian gauge: the noisy state is x = y + z/sqrt(beta), beta
// the inverse temperature 1/(sigma^2 t). The posterior is
//     p(y | x) = phi(y) exp(-beta |y|^2/2 + beta x.y) / Z(x, beta)
// (Ambrogioni 2024, eqs. 6-10 with the signs of eq. 7), F = -log(Z)/beta, <y> = -grad F,
// score = beta (<y> - x). Batches: columns are walkers (d x walkers, column-major), beta has one
// entry per walker. All methods are const and thread-free; batches may be of any size >= 1.
#pragma once
#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "analysis/theory/information.hpp"
#include "sim/deck/key.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/kernel/spins/spin_graph.hpp"
#include "sim/random/stream.hpp"

namespace symbreak::target {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using States = Eigen::Ref<const MatrixXd>;  ///< d x walkers
using Betas = Eigen::Ref<const VectorXd>;   ///< walkers

/// The part of a posterior that any score machine has: the clean mean and its Jacobian. A score that
/// is not the gradient of any log p_t (patch machines, networks) has nothing else.
class Denoiser {
 public:
  virtual ~Denoiser() = default;
  virtual Index dimension() const = 0;
  /// <y> at each column of x.
  virtual MatrixXd mean(const States& x, const Betas& beta) const = 0;
  /// (d<y>/dx) v column by column. For a posterior this is beta Cov(y) v.
  virtual MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const = 0;
  /// Sides of the lattice whose sites the coordinates are (row-major); empty: none. It gives Fourier
  /// modes, structure factors and images. Several channels: one whole lattice after the other.
  virtual std::vector<Index> lattice() const { return {}; }
  virtual std::string describe() const { return "a score"; }  ///< "2 points in 1 dimension"
  virtual std::size_t memory() const { return 0; }            ///< bytes held
};

/// Everything one evaluation of a posterior gives. Entries that do not exist are NaN:
/// participation, largest_weight and entropy belong to targets with discrete support.
struct Posterior {
  MatrixXd mean;            ///< d x walkers
  VectorXd log_partition;   ///< log Z(x, beta), nats
  VectorXd participation;   ///< Y = sum_j w_j^2
  VectorXd largest_weight;  ///< max_j w_j
  VectorXd entropy;         ///< -sum_j w_j log w_j, nats
};

/// The points of a target with finite support, phi = sum_j exp(log_weight_j) delta(y - point_j).
struct Points {
  Index count = 0;
  const VectorXd* log_weights = nullptr;  ///< N, normalised; nullptr: all -log N
  std::function<VectorXd(Index)> point;   ///< coordinates of datum j
  std::function<Index(Index)> label;      ///< class of datum j
  double log_weight(Index j) const {
    return log_weights != nullptr ? (*log_weights)[j] : -std::log(static_cast<double>(count));
  }

  /// `posterior` without the mean, at half the cost.
  std::function<Posterior(const States& x, const Betas& beta)> weights;
  /// Weights e^{beta x.y_j} without the norms of the points: the dense associative memory.
  std::function<Posterior(const States& x, const Betas& beta)> associate;
  /// An exact draw from the posterior of each walker by inversion of a uniform number.
  std::function<std::vector<Index>(const States& x, const Betas& beta, const VectorXd& uniforms)>
      draw;
  /// Distances to the nearest point and to the nearest one with other coordinates (infinity: none).
  struct Nearest {
    std::vector<Index> datum;
    VectorXd first, second;
  };
  std::function<Nearest(const States& y)> nearest;
  /// How many points have the coordinates of each of these data, themselves included.
  std::function<std::vector<Index>(const std::vector<Index>& data)> multiplicity;
};

/// Where the posterior of a finite dataset collapses onto single data: the noise variance sigma^2 t
/// at which I(Y; X_t) = log N (a Shannon threshold).
struct CollapseNoise {
  double noise = 0;       ///< sigma^2 t_C in the Brownian gauge
  std::string law;        ///< whose mutual information was used: "Gaussian data"
  bool is_bound = false;  ///< the information is an upper bound, hence so is the time
};

/// Two Gaussian classes of the same isotropic variance: everything about a noisy state depends on
/// its projection on the axis between the means alone.
struct TwoClasses {
  VectorXd middle, axis;  ///< means middle +- axis
  double variance = 0;    ///< per coordinate, within each class
  double log_odds = 0;    ///< log of the weight of middle + axis over that of middle - axis
};

/// A posterior that is sampled, not summed: for every walker (column) a number of independent Markov
/// chains in its field, kept from call to call, so that fields that change slowly stay equilibrated.
/// A deterministic function of the address it was made with and of the calls since.
class MonteCarloPosterior {
 public:
  virtual ~MonteCarloPosterior() = default;
  /// Chains per walker.
  virtual Index chains() const = 0;
  /// Makes the clean states y (d x walkers) the current ones, of all chains of their walker. The y
  /// behind a planted x = y + noise is an exact draw from p(y | x): it needs no burn-in.
  virtual void plant(const States& y) = 0;
  struct Estimate {
    MatrixXd mean;      ///< <y>, d x walkers
    MatrixXd variance;  ///< squared standard error of each entry of `mean`, from the chains' spread
    VectorXd r_hat;     ///< walkers; the largest split R-hat of what was watched, 1 when converged
  };
  /// Moves the chains to the fields beta x and estimates <y> from `sweeps` sweeps of each.
  virtual Estimate estimate(const States& x, const Betas& beta, Index sweeps) = 0;
  /// Moves the chains by `sweeps` sweeps in the fields beta x: the states of the first chain of each
  /// walker, d x walkers.
  virtual MatrixXd draw(const States& x, const Betas& beta, Index sweeps) = 0;
  /// The same, but the sum of the states of all chains of a walker, d x walkers: with n chains, the
  /// sum of n copies that share the field.
  virtual MatrixXd draw_sums(const States& x, const Betas& beta, Index sweeps) = 0;
  /// The whole state, for checkpoints.
  virtual std::vector<std::uint64_t> save() const = 0;
  virtual void load(const std::vector<std::uint64_t>& state) = 0;
};

struct LevelEnsemble;

class Target : public Denoiser {
 public:
  /// False when `posterior`, `mean` and `jacobian_product` are out of reach (they throw then) and
  /// only `monte_carlo` is left.
  virtual bool exact() const { return true; }
  /// Chains for so many walkers, `chains` of them for each (0: the sampler's choice); nullptr where
  /// the target has no sampler of its own.
  virtual std::unique_ptr<MonteCarloPosterior> monte_carlo(Index walkers,
                                                           const random::Address& address,
                                                           Index chains = 0) const {
    (void)walkers;
    (void)address;
    (void)chains;
    return nullptr;
  }
  virtual Posterior posterior(const States& x, const Betas& beta) const = 0;
  MatrixXd mean(const States& x, const Betas& beta) const override {
    return posterior(x, beta).mean;
  }

  /// Independent clean samples, one per column of `y`.
  virtual void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const = 0;
  /// Exact draw of sum_{a=1..n} y_a and sum_a |y_a|^2, y_a independent posterior samples in the
  /// field beta*x (the copies ensemble). Cost must not grow with n for finite support
  /// (multinomial counts); O(n) only where nothing better exists.
  struct CopySum {
    VectorXd sum;             ///< d
    double squared_norm = 0;  ///< sum_a |y_a|^2
  };
  virtual CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                              random::Stream& stream) const = 0;

  // --- structure -------------------------------------------------------------------------------
  virtual VectorXd mean_of_target() const = 0;
  /// Covariance of the clean data, d x d, or nullopt where d is too large to store it.
  virtual std::optional<MatrixXd> covariance() const = 0;
  /// The order parameter: columns u_1..u_k, directions of the clean space that span the modes which
  /// become unstable first; component a of the order parameter of a state y is
  /// m_a = u_a.y/|u_a|^2 (so u = (1,..,1) gives the magnetization per coordinate and a unit vector
  /// gives the plain projection).
  virtual MatrixXd order_axes() const = 0;
  /// sigma^2 t_c = lambda_max(C_beta), the solution of beta lambda_max(C_beta) = 1 on the symmetric
  /// branch, in closed form or by exact quadrature; nullopt when the target has none (a Gaussian,
  /// unequal weights) or it is not known exactly.
  virtual std::optional<double> critical_noise() const { return std::nullopt; }
  /// True when phi(y) = phi(-y).
  virtual bool even() const { return false; }
  /// True when |y| is the same for all y of the support (spins, sphere): then C_beta = C.
  virtual bool fixed_norm() const { return false; }

  // --- classes (branches that generation can end in) -------------------------------------------
  virtual Index classes() const { return 1; }
  virtual VectorXd class_weights() const { return VectorXd::Ones(1); }
  /// P(class | x), classes x walkers.
  virtual MatrixXd class_probabilities(const States& x, const Betas& beta) const {
    (void)beta;
    return MatrixXd::Ones(1, x.cols());
  }
  /// Class of each clean state (columns); -1 when undecidable.
  virtual std::vector<Index> classify(const States& y) const {
    return std::vector<Index>(static_cast<std::size_t>(y.cols()), 0);
  }

  /// Finite support, if it is one that enumerates its points.
  virtual std::optional<Points> points() const { return std::nullopt; }

  /// The law as two isotropic Gaussian classes, if it is that.
  virtual std::optional<TwoClasses> two_classes() const { return std::nullopt; }

  /// Whether clean data independent of the dataset can be drawn (a known law, or held-out data).
  virtual bool has_law() const { return false; }
  /// Data from the law the dataset was drawn from, independent of it, one per column.
  virtual void sample_law(random::Stream& stream, Eigen::Ref<MatrixXd> y) const {
    (void)stream;
    (void)y;
    throw std::logic_error("this target has no law beyond its points");
  }
  /// Collapse threshold of a dataset, where it can be predicted.
  virtual std::optional<CollapseNoise> collapse_noise() const { return std::nullopt; }
  /// The law that the points of a dataset were drawn from, where its information is known.
  virtual std::optional<theory::DataModel> data_model() const { return std::nullopt; }

  /// Couplings K = J/T when the coordinates are +-1 spins of a graph; nullptr: none, or not sparse.
  virtual const kernel::SpinGraph* spin_graph() const { return nullptr; }
  /// Law of M = sum_i y_i of a spin target without field: P(M) at M = -d, -d + 2, ..., d; nullopt
  /// where it is not known exactly.
  virtual std::optional<VectorXd> magnetization_law() const { return std::nullopt; }

  std::string describe() const override = 0;
  std::size_t memory() const override = 0;
};

/// One row of the registry. `make` may throw deck::KeyError. The stream address carries the
/// disorder sample: a target with quenched disorder draws it from Purpose::data at that address.
struct TargetKind {
  std::string name;
  std::string text;             ///< what it is, with its source
  std::vector<deck::Key> keys;  ///< of section [target], without `kind`
  /// A Target, or a mere Denoiser where there is no law of clean data behind the score.
  std::function<std::shared_ptr<const Denoiser>(const deck::Parameters&, const random::Address&)>
      make;
  bool disordered = false;  ///< a new disorder sample is a new target
  /// Of a kind whose members are energy levels and nothing else (level_ensemble.hpp): instead of
  /// `make`, which is then empty.
  std::function<std::shared_ptr<const LevelEnsemble>(const deck::Parameters&)> make_levels{};
};

/// The one place where targets are registered (sim/target/registry.cpp).
const std::vector<TargetKind>& kinds();
const TargetKind& kind(const std::string& name);

/// The target of a point: looks up `target.kind`, and returns the live instance when one with the
/// same [target] values (and, for disordered kinds, the same address) exists: a data file is read
/// once per process, however many points and units use it. Thread-free. `build_denoiser` is for
/// experiments that only ask for the clean mean; `build` throws a KeyError for kinds that have no
/// posterior.
std::shared_ptr<const Denoiser> build_denoiser(const deck::Parameters& parameters,
                                               const random::Address& address = {});
std::shared_ptr<const Target> build(const deck::Parameters& parameters,
                                    const random::Address& address = {});

/// The level ensemble of a point; each of these refuses kinds of the other sorts with a KeyError.
std::shared_ptr<const LevelEnsemble> build_levels(const deck::Parameters& parameters);

/// One line about the target of a point, of either sort.
std::string describe(const deck::Parameters& parameters);

}  // namespace symbreak::target
