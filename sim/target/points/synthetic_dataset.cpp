// Random datasets: N points drawn once from a known law and then frozen (quenched disorder). The
// controlled setting for condensation, where the collapse time is a Shannon threshold (Biroli et
// al. 2024; Lucibello & Mezard 2024).
#include <fmt/format.h>

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>

#include "analysis/statistics/matrix.hpp"
#include "analysis/theory/information.hpp"
#include "analysis/theory/jacobian_spectrum.hpp"
#include "sim/deck/optional_keys.hpp"
#include "sim/kernel/points/bit_points.hpp"
#include "sim/target/jacobian_law.hpp"
#include "sim/target/points/bit_store.hpp"
#include "sim/target/points/finite.hpp"

namespace symbreak::target {

namespace {

/// A curved manifold within the linear one.
enum class Curved {
  no,
  torus,  ///< D/2 circles, each of its own two coordinates: of D/2 dimensions
  curve   ///< (cos f, sin f, cos 2f, sin 2f, ..): of one dimension
};

/// The law of one datum: +-m (1,..,1), plus noise of standard deviation `std` per coordinate of a
/// linear manifold (or of the whole space).
struct Law {
  theory::DataModel model;
  Curved curved = Curved::no;
  Index dimension, intrinsic;
  double std, m;
  MatrixXd axes{};                  ///< d x D orthonormal; empty: the first D coordinates
  std::vector<double> variances{};  ///< along them, instead of std^2; empty: all alike

  /// Spheres (of a torus: circles) that are independent of one another, and their radius.
  double parts() const { return curved == Curved::torus ? static_cast<double>(intrinsic) / 2 : 1; }
  double radius() const { return std * std::sqrt(model.dimension); }
  /// I(y; x) of spheres, exact.
  double information(double noise) const {
    return parts() * theory::information(model, noise).mean;
  }
  /// Where it is log N, as log s.
  double collapse(double log_count) const {
    std::uintmax_t iterations = 100;
    const auto off = [&](double log_s) { return information(std::exp(log_s)) - log_count; };
    const double scale = std::log(model.variance), low = scale - 2 * log_count / parts() - 4;
    const auto found = boost::math::tools::toms748_solve(
        off, low, scale + 12, boost::math::tools::eps_tolerance<double>(30), iterations);
    return std::exp((found.first + found.second) / 2);
  }

  /// Fills y; returns the class, 0 for +m.
  Index draw(random::Stream& stream, Eigen::Ref<VectorXd> y) const {
    const Index label = m != 0 && stream.uniform() < 0.5 ? 1 : 0;
    VectorXd inner(intrinsic);
    if (model.law == theory::DataLaw::binary) {
      for (Index i = 0; i < intrinsic; i += 64) {
        const std::uint64_t word = stream();
        for (Index bit = 0; bit < std::min<Index>(64, intrinsic - i); ++bit) {
          inner[i + bit] = (word >> bit & 1) != 0 ? std : -std;
        }
      }
    } else if (curved != Curved::no) {
      double angle = 0;
      for (Index k = 0; k < intrinsic / 2; ++k) {
        if (k == 0 || curved == Curved::torus) angle = 2 * M_PI * stream.uniform();
        const double turned = curved == Curved::curve ? static_cast<double>(k + 1) * angle : angle;
        inner[2 * k] = std * M_SQRT2 * std::cos(turned);
        inner[2 * k + 1] = std * M_SQRT2 * std::sin(turned);
      }
    } else {
      stream.normals({inner.data(), static_cast<std::size_t>(intrinsic)});
      inner *= model.law == theory::DataLaw::gaussian
                   ? std
                   : std * std::sqrt(static_cast<double>(intrinsic)) / inner.norm();
      for (std::size_t k = 0; k < variances.size(); ++k) {
        inner[static_cast<Index>(k)] *= std::sqrt(variances[k]) / std;
      }
    }
    if (axes.size() > 0) {
      y = axes * inner;
    } else {
      y.head(intrinsic) = inner;
      y.tail(dimension - intrinsic).setZero();
    }
    if (m != 0) y.array() += label == 0 ? m : -m;
    return label;
  }
};

class SyntheticDataset final : public FiniteTarget, public JacobianLaw {
 public:
  SyntheticDataset(Law law, std::shared_ptr<const PointStore> store, std::vector<Index> labels)
      : FiniteTarget(std::move(store), {}, std::move(labels), law.m != 0 ? 2 : 1),
        law_(std::move(law)) {}

  bool has_law() const override { return true; }
  void sample_law(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    for (Index k = 0; k < y.cols(); ++k) law_.draw(stream, y.col(k));
  }
  /// Laws of one variance only.
  std::optional<theory::DataModel> data_model() const override {
    const bool plain = law_.variances.empty() && law_.curved == Curved::no;
    return plain ? std::optional(law_.model) : std::nullopt;
  }
  std::optional<OfLaw> trace_of_law(double noise) const override {
    if (law_.m != 0 || law_.curved == Curved::curve) return std::nullopt;
    if (const auto axes = principal_axes()) {
      OfLaw all;
      for (const double v : axes->variances) {
        all.trace += v / (v + noise);
        all.information += std::log1p(v / noise) / 2;
      }
      return all;
    }
    if (law_.model.law != theory::DataLaw::sphere) return std::nullopt;
    return OfLaw{law_.parts() * theory::sphere_trace(law_.model.dimension, law_.radius(), noise),
                 law_.information(noise)};
  }
  std::optional<PrincipalAxes> principal_axes() const override {
    if (law_.model.law != theory::DataLaw::gaussian || law_.m != 0) return std::nullopt;
    PrincipalAxes all{law_.axes, VectorXd::Constant(law_.intrinsic, law_.std * law_.std)};
    if (all.axes.size() == 0) all.axes = MatrixXd::Identity(dimension(), law_.intrinsic);
    for (std::size_t k = 0; k < law_.variances.size(); ++k) {
      all.variances[static_cast<Index>(k)] = law_.variances[k];
    }
    return all;
  }
  std::optional<CollapseNoise> collapse_noise() const override {
    if (count() < 2) return std::nullopt;
    if (law_.curved == Curved::curve) return std::nullopt;
    const double log_count = std::log(static_cast<double>(count()));
    const double noise = law_.curved == Curved::torus ? law_.collapse(log_count)
                         : law_.variances.empty()
                             ? theory::collapse_noise(law_.model, log_count)
                             : theory::linear_collapse_noise(law_.variances, log_count);
    if (noise <= 0) return std::nullopt;
    return CollapseNoise{.noise = noise, .law = law_.model.text};
  }
  std::string describe() const override {
    const std::string kept = store().describe();
    return fmt::format("{} random points ({}) in {} dimension{}{}", count(), law_.model.text,
                       dimension(), dimension() == 1 ? "" : "s", kept.empty() ? "" : ", " + kept);
  }
  std::size_t memory() const override {
    return FiniteTarget::memory() + static_cast<std::size_t>(law_.axes.size()) * sizeof(double);
  }

 private:
  Law law_;
};

/// An orthonormal frame, uniformly random: Q of the QR decomposition of normal numbers.
MatrixXd random_axes(Index d, Index D, random::Stream& stream) {
  MatrixXd normals(d, D);
  stream.normals({normals.data(), static_cast<std::size_t>(normals.size())});
  return statistics::orthonormal(normals);
}

/// The key that says how many coordinates the manifold takes.
std::string flat_key(const Law& law) {
  return law.intrinsic < law.dimension ? "target.intrinsic_dimension" : "target.dimension";
}

Law read_law(const deck::Parameters& parameters) {
  const std::string& word = parameters.word("target.law");
  Law law;
  law.dimension = static_cast<Index>(parameters.integer("target.dimension"));
  law.intrinsic = static_cast<Index>(parameters.integer("target.intrinsic_dimension"));
  law.std = parameters.real("target.std");
  law.m = parameters.real("target.m");
  if (law.intrinsic == 0) law.intrinsic = law.dimension;
  if (law.intrinsic > law.dimension) {
    throw deck::KeyError("target.intrinsic_dimension",
                         "a manifold of {} dimensions does not fit into {}", law.intrinsic,
                         law.dimension);
  }
  law.model.law = word == "gaussian" ? theory::DataLaw::gaussian
                  : word == "binary" ? theory::DataLaw::binary
                                     : theory::DataLaw::sphere;
  law.curved = word == "torus" ? Curved::torus : word == "curve" ? Curved::curve : Curved::no;
  if (law.curved != Curved::no && law.intrinsic % 2 != 0) {
    throw deck::KeyError(flat_key(law), "a {} takes an even number of coordinates; {} given", word,
                         law.intrinsic);
  }
  if (parameters.has("target.variances")) law.variances = parameters.reals("target.variances");
  if (!law.variances.empty()) {
    if (law.model.law != theory::DataLaw::gaussian || law.m != 0) {
      throw deck::KeyError("target.variances", "they are for law = gaussian, of one class");
    }
    if (static_cast<Index>(law.variances.size()) != law.intrinsic) {
      throw deck::KeyError("target.variances", "{} variances for {} directions",
                           law.variances.size(), law.intrinsic);
    }
    std::ranges::sort(law.variances, std::greater<>());
  }
  const bool flat = law.intrinsic < law.dimension;
  if (law.m != 0 && (law.model.law != theory::DataLaw::gaussian || flat)) {
    throw deck::KeyError("target.m", "two classes are for law = gaussian in the whole space only");
  }
  law.model.dimension = law.curved == Curved::torus ? 2 : static_cast<double>(law.intrinsic);
  law.model.variance = law.std * law.std;
  law.model.class_signal = law.m * law.m * static_cast<double>(law.dimension);
  law.model.text = law.m != 0 ? "two Gaussian classes"
                              : (word == "gaussian" ? "Gaussian"
                                 : word == "sphere" ? "spherical"
                                 : word == "binary" ? "binary"
                                                    : "curved") +
                                    std::string(" data");
  if (law.curved != Curved::no) {
    law.model.text += law.curved == Curved::curve
                          ? " on a closed curve"
                          : fmt::format(" on a {}-dimensional torus", law.intrinsic / 2);
  }
  if (flat) law.model.text += fmt::format(" on a {}-dimensional plane", law.intrinsic);
  return law;
}

std::shared_ptr<const PointStore> draw_points(const Law& law, Index n, random::Stream& stream,
                                              std::vector<Index>& labels) {
  VectorXd y(law.dimension);
  if (law.model.law == theory::DataLaw::binary && law.intrinsic == law.dimension) {
    kernel::BitPoints bits(law.dimension, n);
    // The words that `draw` would have taken.
    const std::size_t each = static_cast<std::size_t>((law.dimension + 63) / 64);
    constexpr Index kDrawn = 4096;
    std::vector<std::uint64_t> words(each * kDrawn);
    for (Index first = 0; first < n; first += kDrawn) {
      const auto size = static_cast<std::size_t>(std::min(kDrawn, n - first));
      stream.words({words.data(), each * size});
      for (std::size_t j = 0; j < size; ++j) {
        bits.set(first + static_cast<Index>(j), {words.data() + each * j, each});
      }
    }
    return bit_store(std::move(bits), law.std);
  }
  Eigen::MatrixXf points(law.dimension, n);
  for (Index j = 0; j < n; ++j) {
    const Index label = law.draw(stream, y);
    if (law.m != 0) labels.push_back(label);
    points.col(j) = y.cast<float>();
  }
  return matrix_store(std::move(points));
}

std::shared_ptr<const Target> make_synthetic(const deck::Parameters& parameters,
                                             const random::Address& address) {
  Law law = read_law(parameters);
  random::Stream stream = stream_of(address, random::Purpose::data);
  if (law.intrinsic < law.dimension && parameters.word("target.subspace") == "random") {
    law.axes = random_axes(law.dimension, law.intrinsic, stream);
  }
  const auto n = static_cast<Index>(parameters.integer("target.n"));
  // Storage in bits where every coordinate is +-std.
  const bool bits = law.model.law == theory::DataLaw::binary && law.intrinsic == law.dimension;
  std::vector<Index> labels;
  std::shared_ptr<const PointStore> store;
  if (law.m != 0) {
    store = draw_points(law, n, stream, labels);
  } else {
    const auto count = static_cast<std::size_t>(n), d = static_cast<std::size_t>(law.dimension);
    store = lazy_store({.dimension = law.dimension,
                        .count = n,
                        .memory = bits ? kernel::BitPoints::memory(d, count)
                                       : count * (d * sizeof(float) + sizeof(double)),
                        .text = bits ? "one bit per coordinate" : "",
                        .make = [law, n, stream]() mutable {
                          std::vector<Index> none;
                          return draw_points(law, n, stream, none);
                        }});
  }
  return std::make_shared<SyntheticDataset>(law, std::move(store), std::move(labels));
}

}  // namespace

TargetKind synthetic_dataset() {
  return {
      .name = "synthetic_dataset",
      .text =
          "N random points, a new set for every disorder sample; collapses at I(Y;X_t) = log N "
          "(Biroli et al. 2024; Lucibello & Mezard 2024)",
      .keys =
          {deck::word_key("target", "law", "gaussian",
                          "gaussian; sphere: norm std sqrt(D); binary: coordinates +-std (one bit "
                          "each in memory); torus: D/2 circles of radius std sqrt(2); curve: std "
                          "sqrt(2) (cos f, sin f, cos 2f, sin 2f, ..), f uniform",
                          {"gaussian", "sphere", "binary", "torus", "curve"}),
           deck::count_key("target", "dimension", deck::required, "dimension d of the data", 1,
                           1e7),
           deck::count_key(
               "target", "intrinsic_dimension", "0",
               "dimension D of a linear manifold that the data lie on; 0: all of the space", 0,
               1e7),
           deck::used_with(
               "intrinsic_dimension!=0",
               deck::word_key("target", "subspace", "random",
                              "random: a new random plane per disorder sample; coordinate: the "
                              "first D coordinates, the others 0",
                              {"random", "coordinate"})),
           deck::count_key("target", "n", deck::required, "number of points N; alpha = log(N)/d"),
           deck::positive_key(
               "target", "std", "1",
               "standard deviation of each coordinate of the manifold (within a class)"),
           deck::used_with("law=gaussian",
                           deck::optional_key(deck::list_of(deck::positive_key(
                               "target", "variances", "",
                               "variance of each direction of the manifold, instead of std^2")))),
           deck::used_with("law=gaussian",
                           deck::real_key("target", "m", "0",
                                          "two equal classes at +-m (1,..,1); 0: one class", 0))},
      .make = make_synthetic,
      .disordered = true,
      .provides = plus({Part::finite_support, Part::class_score})};
}

}  // namespace symbreak::target
