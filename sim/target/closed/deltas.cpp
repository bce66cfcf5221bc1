// Finite sets of points: the simplest targets whose generation breaks a symmetry.
//   two_deltas    +-1 with weights p, 1-p   the mean-field ferromagnet (Ambrogioni 2024, sec. 3.1;
//                                           Raya & Ambrogioni 2023); p != 1/2: imperfect pitchfork
//   four_deltas   (+-1,0), (0,+-1)          (Ambrogioni 2024, fig. 3)
//   two_levels    +-1 +- r: classes that split into subclasses at r^2 times the noise
//   three_deltas  -1, 0, 1 with weight w0 at 0: Blume-Capel, first order for large w0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "analysis/theory/mean_field.hpp"
#include "sim/data/array.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/points/finite.hpp"
#include "sim/target/spectrum.hpp"
#include "sim/target/spin_system.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::target {

namespace {

std::vector<Index> one_class_each(Index count) {
  std::vector<Index> labels(static_cast<std::size_t>(count));
  for (Index j = 0; j < count; ++j) labels[static_cast<std::size_t>(j)] = j;
  return labels;
}

class Deltas final : public FiniteTarget, public SpinLaw, public TwoClassLaw {
 public:
  using Solved = std::function<std::optional<KnownValue>(Known)>;
  Deltas(MatrixXd points, const VectorXd& weights, const std::optional<MatrixXd>& axes,
         Solved solved)
      : FiniteTarget(matrix_store(points), weights, one_class_each(points.cols()), points.cols()),
        points_(std::move(points)),
        solved_(std::move(solved)) {
    const VectorXd norms = matrix().colwise().squaredNorm();
    fixed_norm_ = norms.maxCoeff() - norms.minCoeff() <= 1e-12 * norms.maxCoeff();
    even_ = find_even();
    axes_ = axes ? *axes : FiniteTarget::order_axes();
    critical_noise_ = find_critical_noise();
  }

  MatrixXd order_axes() const override { return axes_; }
  std::optional<double> critical_noise() const override { return critical_noise_; }
  bool even() const override { return even_; }
  bool fixed_norm() const override { return fixed_norm_; }

  /// Points of {-1,1}^d are spin configurations.
  std::optional<VectorXd> magnetization_law() const override {
    if ((matrix().array().abs() != 1).any()) return std::nullopt;
    VectorXd law = VectorXd::Zero(dimension() + 1);
    for (Index j = 0; j < count(); ++j) {
      law[(matrix().col(j).array() > 0).count()] += std::exp(log_weights()[j]);
    }
    return law / law.sum();
  }

  std::optional<TwoClasses> two_classes() const override {
    if (count() != 2) return std::nullopt;
    return TwoClasses{.middle = (matrix().col(0) + matrix().col(1)) / 2,
                      .axis = (matrix().col(0) - matrix().col(1)) / 2,
                      .variance = 0,
                      .log_odds = log_weights()[0] - log_weights()[1]};
  }

  std::string describe() const override {
    return fmt::format("{} point{} in {} dimension{}", count(), count() == 1 ? "" : "s",
                       dimension(), dimension() == 1 ? "" : "s");
  }

  std::optional<KnownValue> known_value(Known quantity, double) const override {
    return solved_ ? solved_(quantity) : std::nullopt;
  }

 private:
  /// Every point has its mirror image, with the same total weight.
  bool find_even() const {
    constexpr Index kLargest = 2000;  // the search is O(N^2 d)
    if (count() > kLargest) return false;
    const double tolerance = 1e-12 * matrix().colwise().norm().maxCoeff();
    const VectorXd weights = log_weights().array().exp();
    for (Index j = 0; j < count(); ++j) {
      double here = 0, there = 0;
      for (Index k = 0; k < count(); ++k) {
        if ((matrix().col(k) - matrix().col(j)).norm() <= tolerance) here += weights[k];
        if ((matrix().col(k) + matrix().col(j)).norm() <= tolerance) there += weights[k];
      }
      if (std::abs(here - there) > 1e-12) return false;
    }
    return true;
  }

  /// lambda_max of C_beta, the covariance of phi(y) exp(-beta |y|^2/2), about the symmetric mean 0.
  double tilted_variance(double beta) const {
    const VectorXd norms = matrix().colwise().squaredNorm();
    VectorXd weights =
        (log_weights() - (beta / 2) * (norms.array() - norms.minCoeff()).matrix()).array().exp();
    weights /= weights.sum();
    return eigenvalues(matrix() * weights.asDiagonal() * matrix().transpose())[dimension() - 1];
  }

  /// Largest solution of lambda_max(C_{1/s}) = s: where x = 0 first loses stability when coming
  /// from high noise. Searched downwards on a grid of 0.5 % in s; s cannot exceed max |y|^2.
  std::optional<double> find_critical_noise() const {
    constexpr Index kLargest = 512;  // d^3 per evaluation
    if (!even_ || dimension() > kLargest) return std::nullopt;
    if (fixed_norm_) {
      const double variance = tilted_variance(0);
      return variance > 0 ? std::optional(variance) : std::nullopt;
    }
    const auto excess = [this](double s) { return tilted_variance(1 / s) - s; };
    constexpr double kStep = 1.005;
    constexpr int kSteps = 1400;  // down to 1e-3 max |y|^2
    double above = 1.001 * matrix().colwise().squaredNorm().maxCoeff();
    for (int i = 0; i < kSteps; ++i) {
      double below = above / kStep;
      if (excess(below) < 0) {
        above = below;
        continue;
      }
      while (above - below > 1e-14 * above) {
        const double middle = (above + below) / 2;
        if (middle <= below || middle >= above) break;
        (excess(middle) < 0 ? above : below) = middle;
      }
      return (above + below) / 2;
    }
    return std::nullopt;
  }

  const MatrixXd& matrix() const { return points_; }

  MatrixXd points_;
  Solved solved_;  ///< what is known of a preset
  bool even_ = false, fixed_norm_ = false;
  MatrixXd axes_;
  std::optional<double> critical_noise_;
};

/// The points (d x N) and weights of `preset = custom`.
std::pair<MatrixXd, VectorXd> custom_points(const deck::Parameters& parameters) {
  std::vector<double> coordinates = parameters.reals("target.points");
  auto d = static_cast<std::size_t>(parameters.integer("target.dimension"));
  const bool from_file = !parameters.word("target.file").empty();
  if (from_file == !coordinates.empty()) {
    throw deck::KeyError("target.points",
                         "preset = custom needs either points, the coordinates of the first point, "
                         "of the second, ..., or a file with one point per row");
  }
  if (from_file) {
    data::Array<double> array = data::read<double>({parameters.word("target.file"), "target.file"});
    d = array.columns();
    coordinates = std::move(array.values);
  }
  if (coordinates.size() % d != 0) {
    throw deck::KeyError("target.points",
                         "{} coordinates are no whole number of points in {} dimensions",
                         coordinates.size(), d);
  }
  const auto n = static_cast<Index>(coordinates.size() / d);
  const MatrixXd points = Eigen::Map<const MatrixXd>(coordinates.data(), static_cast<Index>(d), n);
  const std::vector<double>& weights = parameters.reals("target.weights");
  if (weights.empty()) return {points, VectorXd::Ones(n)};
  if (static_cast<Index>(weights.size()) != n) {
    throw deck::KeyError("target.weights", "{} weights for {} points", weights.size(), n);
  }
  return {points, Eigen::Map<const VectorXd>(weights.data(), n)};
}

/// Transitions of the presets in closed form (score criterion, no field), scaled by `square`.
std::optional<KnownValue> preset_value(Known quantity, const std::string& preset, double p,
                                       double w0, double square) {
  const double larger = std::max(p, 1 - p);
  if (preset == "two_deltas" && larger > 0.5 && larger < 1 && quantity == Known::spinodal_noise) {
    return KnownValue{theory::minority_spinodal(larger) * square,
                      "fold of the minority branch, closed form, score criterion"};
  }
  if (preset != "three_deltas") return std::nullopt;
  switch (quantity) {
    case Known::restabilised_noise:
      return KnownValue{theory::three_deltas_instability(w0).lower * square,
                        "beta <y^2>_0 = 1, lower root, score criterion"};
    case Known::spinodal_noise:
      return KnownValue{theory::three_deltas_outer_birth(w0) * square,
                        "birth of the outer branch, closed form, score criterion"};
    case Known::tricritical_noise:
      return KnownValue{theory::three_deltas_tricritical().s * square,
                        "Blume-Capel: beta <y^2>_0 = 1 and no quartic term, score criterion"};
    default:
      return std::nullopt;
  }
}

std::shared_ptr<const Target> make_deltas(const deck::Parameters& parameters,
                                          const random::Address&) {
  const std::string& preset = parameters.word("target.preset");
  const double p = parameters.real("target.p"), w0 = parameters.real("target.w0");
  MatrixXd points;
  VectorXd weights;
  std::optional<MatrixXd> axes;
  if (preset == "two_deltas") {
    points = Eigen::RowVector2d(1, -1);
    weights = Eigen::Vector2d(p, 1 - p);
  } else if (preset == "three_deltas") {
    points = Eigen::RowVector3d(1, 0, -1);
    weights = Eigen::Vector3d((1 - w0) / 2, w0, (1 - w0) / 2);
  } else if (preset == "two_levels") {
    const double r = parameters.real("target.ratio");
    points = Eigen::RowVector4d(1 + r, 1 - r, -1 + r, -1 - r);
    weights = Eigen::Vector4d(p, p, 1 - p, 1 - p);
  } else if (preset == "four_deltas") {
    points.resize(2, 4);
    points << 1, -1, 0, 0,  //
        0, 0, 1, -1;
    weights = VectorXd::Ones(4);
    // cosh X + cosh Y = 2 cosh((X+Y)/2) cosh((X-Y)/2): exactly a product of two two-delta models
    // along the diagonals.
    axes = (MatrixXd(2, 2) << 1, 1, 1, -1).finished() / std::sqrt(2);
  } else {
    std::tie(points, weights) = custom_points(parameters);
  }

  // Points of zero weight do not exist.
  std::vector<Index> kept;
  for (Index j = 0; j < weights.size(); ++j) {
    if (weights[j] > 0) kept.push_back(j);
  }
  if (kept.empty()) throw deck::KeyError("target.weights", "all weights are zero");
  const double scale = parameters.real("target.scale");
  return std::make_shared<Deltas>(scale * points(Eigen::all, kept), weights(kept), axes,
                                  [preset, p, w0, square = scale * scale](Known quantity) {
                                    return preset_value(quantity, preset, p, w0, square);
                                  });
}

}  // namespace

TargetKind deltas() {
  return {
      .name = "deltas",
      .text =
          "finite set of weighted points: two deltas (the mean-field ferromagnet), four deltas, "
          "three deltas (Blume-Capel), or your own (Ambrogioni 2024, section 3)",
      .keys =
          {deck::word_key("target", "preset", "two_deltas",
                          "two_deltas: +1, -1; three_deltas: +1, 0, -1; four_deltas: (+-1,0), "
                          "(0,+-1); two_levels: +-1 +- ratio, a hierarchy; custom: `points`",
                          {"two_deltas", "three_deltas", "four_deltas", "two_levels", "custom"}),
           deck::used_with(
               "preset=two_deltas|two_levels",
               deck::real_key(
                   "target", "p", "0.5",
                   "two_deltas: weight of the point +1; two_levels: of the pair around +1", 0, 1)),
           deck::used_with(
               "preset=two_levels",
               deck::positive_key("target", "ratio", "0.2",
                                  "half the distance within a pair over that between the pairs",
                                  0.999)),
           deck::used_with(
               "preset=three_deltas",
               deck::real_key("target", "w0", "0.2",
                              "weight of the point 0 (first order above 0.3086)", 0, 1)),
           deck::positive_key("target", "scale", "1", "all coordinates are multiplied by it"),
           deck::used_with(
               "preset=custom",
               deck::used_with("!file",
                               deck::count_key("target", "dimension", "1",
                                               "number of coordinates of a point", 1, 1e6))),
           deck::used_with(
               "preset=custom",
               deck::plain_key(
                   deck::Kind::file, "target", "file", "",
                   "CSV, NumPy or HDF5 file with one point per row, instead of `points`")),
           deck::used_with("preset=custom",
                           deck::list_of(deck::real_key("target", "points", "",
                                                        "coordinates, point after point"))),
           deck::used_with(
               "preset=custom",
               deck::list_of(deck::real_key(
                   "target", "weights", "",
                   "one weight per point, normalised by their sum; default: equal", 0)))},
      .make = make_deltas,
      .provides =
          plus({Part::finite_support, Part::two_classes, Part::class_score, Part::spin_law})};
}

}  // namespace symbreak::target
