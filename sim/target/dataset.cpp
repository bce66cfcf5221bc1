// A dataset from a file as a target: the empirical law of its points, whose exact score memorizes
// (Biroli, Bonnaire, de Bortoli & Mezard 2024; Ambrogioni 2024, section 8).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "sim/target/data/array.hpp"
#include "sim/target/data/selection.hpp"
#include "sim/target/families.hpp"
#include "sim/target/finite.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::target {

namespace {

using MatrixXf = Eigen::MatrixXf;

class Dataset final : public FiniteTarget<float> {
 public:
  /// held_out: points of the file that are not in the dataset (d x count, may be empty).
  Dataset(MatrixXf points, std::vector<Index> labels, Index classes, MatrixXf held_out,
          std::string name)
      : FiniteTarget(std::move(points), {}, std::move(labels), classes),
        held_out_(std::move(held_out)),
        name_(std::move(name)) {}

  bool has_law() const override { return held_out_.cols() > 0; }
  void sample_law(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    if (!has_law()) return Target::sample_law(stream, y);
    for (Index k = 0; k < y.cols(); ++k) {
      const auto pick =
          static_cast<Index>(stream.uniform() * static_cast<double>(held_out_.cols()));
      y.col(k) = held_out_.col(pick).cast<double>();
    }
  }

  /// Of all laws of the same covariance the Gaussian one tells most about Y: with the eigenvalues
  /// lambda_i of C, I(Y;X_t) <= sum_i log(1 + lambda_i/s)/2, and log N is reached at a lower noise.
  std::optional<CollapseNoise> collapse_noise() const override {
    if (!collapse_) collapse_ = find_collapse_noise();
    return *collapse_;
  }

  std::string describe() const override {
    return fmt::format("{} points in {} dimension{} from {}", count(), dimension(),
                       dimension() == 1 ? "" : "s", name_);
  }
  std::size_t memory() const override {
    return FiniteTarget::memory() + static_cast<std::size_t>(held_out_.size()) * sizeof(float);
  }

 private:
  std::optional<CollapseNoise> find_collapse_noise() const {
    const auto matrix = covariance();
    const double log_count = std::log(static_cast<double>(count()));
    if (!matrix || matrix->trace() <= 0 || log_count <= 0) return std::nullopt;
    const VectorXd lambda = eigenvalues(*matrix).cwiseMax(0);
    const auto information = [&](double log_s) {
      return (lambda.array() * std::exp(-log_s)).log1p().sum() / 2;
    };
    double high = std::log(matrix->trace() / (2 * log_count)) + 1e-9;  // log(1+u) <= u
    double low = high - 1;
    while (information(low) < log_count) low -= 2;
    while (high - low > 1e-13 * std::max(1.0, std::abs(high))) {
      const double middle = (low + high) / 2;
      (information(middle) > log_count ? low : high) = middle;
    }
    return CollapseNoise{.noise = std::exp((low + high) / 2),
                         .law = "Gaussian data of the same covariance (upper bound)",
                         .is_bound = true};
  }

  MatrixXf held_out_;
  std::string name_;
  mutable std::optional<std::optional<CollapseNoise>> collapse_;  // on first use: d^3
};

/// Shifts and scales `points` and, by the same map, `others`.
void normalise(const std::string& how, const std::string& file, MatrixXf& points,
               MatrixXf& others) {
  const Index d = points.rows();
  if (how == "unit") {
    points /= 255;
    others /= 255;
  } else if (how == "sphere") {
    for (MatrixXf* part : {&points, &others}) {
      for (Index j = 0; j < part->cols(); ++j) {
        const double norm = part->col(j).cast<double>().norm();
        if (!(norm > 0)) {
          throw deck::KeyError(
              "target.normalisation",
              fmt::format("{}: data point {} is zero and cannot be put on a sphere", file, j));
        }
        part->col(j) *= static_cast<float>(std::sqrt(static_cast<double>(d)) / norm);
      }
    }
  } else if (how == "centred" || how == "standardised") {
    for (Index i = 0; i < d; ++i) {
      const VectorXd row = points.row(i).cast<double>();
      const double mean = row.mean();
      const double deviation = std::sqrt((row.array() - mean).square().mean());
      const double scale = how == "standardised" && deviation > 0 ? 1 / deviation : 1;
      for (MatrixXf* part : {&points, &others}) {
        part->row(i) = ((part->row(i).cast<double>().array() - mean) * scale).cast<float>();
      }
    }
  }
}

std::shared_ptr<const Target> make_dataset(const deck::Parameters& parameters,
                                           const random::Address&) {
  const data::Source source{parameters.word("target.file"), "target.file",
                            parameters.word("target.format"),
                            parameters.word("target.dataset_path")};
  const data::Array<float> array = data::read<float>(source);
  const auto total = static_cast<Index>(array.rows()), d = static_cast<Index>(array.columns());
  const data::Selection chosen = data::select(parameters, total);
  const auto available = static_cast<Index>(chosen.points.size());
  const auto held_out = static_cast<Index>(parameters.integer("target.held_out"));
  const auto asked = static_cast<Index>(parameters.integer("target.n"));
  const Index n = asked > 0 ? asked : available - held_out;
  if (n < 1 || n + held_out > available) {
    throw deck::KeyError(asked > 0 ? "target.n" : "target.held_out",
                         fmt::format("{}: {} points and {} held out, but {} are available",
                                     source.file, std::max<Index>(n, 1), held_out, available));
  }
  const Eigen::Map<const MatrixXf> all(array.values.data(), d, total);
  MatrixXf points(d, n), others(d, held_out);
  for (Index j = 0; j < n + held_out; ++j) {
    (j < n ? points.col(j) : others.col(j - n)) =
        all.col(chosen.points[static_cast<std::size_t>(j)]);
  }
  normalise(parameters.word("target.normalisation"), source.file, points, others);
  std::vector<Index> labels = chosen.labels;
  if (!labels.empty()) labels.resize(static_cast<std::size_t>(n));
  return std::make_shared<Dataset>(std::move(points), std::move(labels), chosen.classes,
                                   std::move(others),
                                   std::filesystem::path(source.file).filename().string());
}

}  // namespace

TargetKind dataset() {
  using deck::Arity;
  using deck::Key;
  using deck::Kind;
  const std::string section = "target";
  TargetKind family;
  family.name = "dataset";
  family.text =
      "the points of a file, each with weight 1/N: the exact score of a dataset, which memorizes "
      "(Biroli et al. 2024; Ambrogioni 2024, section 8)";
  family.keys = {
      Key{.section = section,
          .name = "file",
          .kind = Kind::file,
          .text = "IDX (gzip or plain), NumPy .npy, CSV or HDF5; the first axis counts the points"},
      Key{.section = section,
          .name = "format",
          .kind = Kind::word,
          .fallback = "auto",
          .text = "auto: by the file's extension",
          .choices = {"auto", "idx", "npy", "csv", "hdf5"}},
      Key{.section = section,
          .name = "dataset_path",
          .kind = Kind::text,
          .fallback = "",
          .text = "HDF5: the data set to read, /images"},
      Key{.section = section,
          .name = "labels",
          .kind = Kind::file,
          .fallback = "",
          .text = "file with one integer label per point: the classes"},
      Key{.section = section,
          .name = "labels_path",
          .kind = Kind::text,
          .fallback = "",
          .text = "HDF5: the data set of the labels, in `labels` or else in `file`"},
      Key{.section = section,
          .name = "select",
          .kind = Kind::integer,
          .fallback = "",
          .text = "only points with these labels; default: all",
          .arity = Arity::list},
      Key{.section = section,
          .name = "n",
          .kind = Kind::integer,
          .fallback = "0",
          .text =
              "number of points, the first ones of those selected; 0: all but the held-out ones",
          .minimum = 0},
      Key{.section = section,
          .name = "held_out",
          .kind = Kind::integer,
          .fallback = "0",
          .text =
              "number of points after the first n that are kept aside as data independent of the "
              "dataset",
          .minimum = 0},
      Key{.section = section,
          .name = "normalisation",
          .kind = Kind::word,
          .fallback = "none",
          .text =
              "unit: divided by 255; centred: mean 0 per coordinate; standardised: also variance 1 "
              "(constant coordinates become 0); sphere: every point to norm sqrt(d)",
          .choices = {"none", "unit", "centred", "standardised", "sphere"}},
  };
  family.make = make_dataset;
  return family;
}

}  // namespace symbreak::target
