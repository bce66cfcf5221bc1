// Random datasets: N points drawn once from a known law and then frozen (quenched disorder). The
// controlled setting for condensation, where the collapse time is a Shannon threshold (Biroli et
// al. 2024; Lucibello & Mezard 2024).
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/condensation.hpp"
#include "sim/target/families.hpp"
#include "sim/target/finite.hpp"

namespace symbreak::target {

namespace {

/// The law of one datum: +-m (1,..,1) plus noise of standard deviation `std` per coordinate.
struct Law {
  theory::DataLaw noise;
  Index dimension;
  double std, m;

  /// Fills y; returns the class, 0 for +m.
  Index draw(random::Stream& stream, Eigen::Ref<VectorXd> y) const {
    const Index label = m != 0 && stream.uniform() < 0.5 ? 1 : 0;
    stream.normals({y.data(), static_cast<std::size_t>(y.size())});
    switch (noise) {
      case theory::DataLaw::gaussian:
        y *= std;
        break;
      case theory::DataLaw::sphere:
        y *= std * std::sqrt(static_cast<double>(dimension)) / y.norm();
        break;
      case theory::DataLaw::binary:
        y = (y.array() < 0)
                .select(VectorXd::Constant(dimension, -std), VectorXd::Constant(dimension, std));
        break;
    }
    y.array() += label == 0 ? m : -m;
    return label;
  }
};

class SyntheticDataset final : public FiniteTarget<float> {
 public:
  SyntheticDataset(const Law& law, Eigen::MatrixXf points, std::vector<Index> labels)
      : FiniteTarget(std::move(points), {}, std::move(labels), law.m != 0 ? 2 : 1), law_(law) {}

  bool has_law() const override { return true; }
  void sample_law(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    for (Index k = 0; k < y.cols(); ++k) law_.draw(stream, y.col(k));
  }
  std::optional<CollapseNoise> collapse_noise() const override {
    const double log_count = std::log(static_cast<double>(count()));
    const double d = static_cast<double>(dimension()), variance = law_.std * law_.std;
    if (count() < 2) return std::nullopt;
    if (law_.m != 0) {
      return CollapseNoise{
          .noise = theory::two_class_collapse_noise(log_count, d, variance, d * law_.m * law_.m),
          .law = "two Gaussian classes"};
    }
    const double noise = theory::collapse_noise(law_.noise, log_count / d, variance);
    if (noise <= 0) return std::nullopt;
    return CollapseNoise{.noise = noise, .law = name() + " data"};
  }
  std::string describe() const override {
    return fmt::format("{} random points ({}{}) in {} dimension{}", count(), name(),
                       law_.m != 0 ? ", two classes" : "", dimension(),
                       dimension() == 1 ? "" : "s");
  }

 private:
  std::string name() const {
    return law_.noise == theory::DataLaw::gaussian ? "Gaussian"
           : law_.noise == theory::DataLaw::sphere ? "spherical"
                                                   : "binary";
  }
  Law law_;
};

std::shared_ptr<const Target> make_synthetic(const deck::Parameters& parameters,
                                             const random::Address& unit) {
  const std::string& word = parameters.word("target.law");
  const Law law{word == "gaussian" ? theory::DataLaw::gaussian
                : word == "sphere" ? theory::DataLaw::sphere
                                   : theory::DataLaw::binary,
                static_cast<Index>(parameters.integer("target.dimension")),
                parameters.real("target.std"), parameters.real("target.m")};
  if (law.m != 0 && law.noise != theory::DataLaw::gaussian) {
    throw deck::KeyError("target.m", "two classes are for law = gaussian only");
  }
  random::Address address = unit;
  address.purpose = random::Purpose::data;
  random::Stream stream(address);
  const auto n = static_cast<Index>(parameters.integer("target.n"));
  Eigen::MatrixXf points(law.dimension, n);
  std::vector<Index> labels;
  VectorXd y(law.dimension);
  for (Index j = 0; j < n; ++j) {
    const Index label = law.draw(stream, y);
    if (law.m != 0) labels.push_back(label);
    points.col(j) = y.cast<float>();
  }
  return std::make_shared<SyntheticDataset>(law, std::move(points), std::move(labels));
}

}  // namespace

TargetKind synthetic_dataset() {
  using deck::Key;
  using deck::Kind;
  const std::string section = "target";
  TargetKind family;
  family.name = "synthetic_dataset";
  family.text =
      "N random points, a new set for every disorder sample; collapses at I(Y;X_t) = log N (Biroli "
      "et al. 2024; Lucibello & Mezard 2024)";
  family.disordered = true;
  family.keys = {
      Key{.section = section,
          .name = "law",
          .kind = Kind::word,
          .fallback = "gaussian",
          .text = "gaussian; sphere: norm std sqrt(dimension); binary: coordinates +-std",
          .choices = {"gaussian", "sphere", "binary"}},
      Key{.section = section,
          .name = "dimension",
          .kind = Kind::integer,
          .text = "dimension d of the data",
          .minimum = 1,
          .maximum = 1e7},
      Key{.section = section,
          .name = "n",
          .kind = Kind::integer,
          .text = "number of points N; alpha = log(N)/d",
          .minimum = 1,
          .maximum = 1e9},
      Key{.section = section,
          .name = "std",
          .fallback = "1",
          .text = "standard deviation of each coordinate (within a class)",
          .minimum = 0,
          .open_minimum = true},
      Key{.section = section,
          .name = "m",
          .fallback = "0",
          .text = "gaussian: two equal classes at +-m (1,..,1); 0: one class",
          .minimum = 0},
  };
  family.make = make_synthetic;
  return family;
}

}  // namespace symbreak::target
