// A dataset from a file as a target: the empirical law of its points, whose exact score memorizes
// (Biroli, Bonnaire, de Bortoli & Mezard 2024; Ambrogioni 2024, section 8).
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "sim/data/array.hpp"
#include "sim/data/rows.hpp"
#include "sim/data/selection.hpp"
#include "sim/data/understood.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/points/dataset_points.hpp"
#include "sim/target/points/file_store.hpp"
#include "sim/target/points/finite.hpp"
#include "sim/target/points/normalisation.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::target {

namespace {

using MatrixXf = Eigen::MatrixXf;

class Dataset final : public FiniteTarget, public Pictures {
 public:
  /// held_out: points of the file that are not in the dataset (d x count, may be empty), relative
  /// to the origin of the store like the points.
  Dataset(std::shared_ptr<const PointStore> points, std::vector<Index> labels, Index classes,
          MatrixXf held_out, std::string name, PictureShape picture = {})
      : FiniteTarget(std::move(points), {}, std::move(labels), classes),
        held_out_(std::move(held_out)),
        name_(std::move(name)),
        picture_(picture) {}

  PictureShape picture() const override { return picture_; }

  bool has_law() const override { return held_out_.cols() > 0; }
  MatrixXd held_out() const override {
    MatrixXd y = held_out_.cast<double>();
    if (store().origin().size() > 0) y.colwise() += store().origin();
    return y;
  }
  void sample_law(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    if (!has_law()) return Target::sample_law(stream, y);
    for (Index k = 0; k < y.cols(); ++k) {
      const auto pick =
          static_cast<Index>(stream.uniform() * static_cast<double>(held_out_.cols()));
      y.col(k) = held_out_.col(pick).cast<double>();
      if (store().origin().size() > 0) y.col(k) += store().origin();
    }
  }

  /// Of all laws of the same covariance the Gaussian one tells most about Y: with the eigenvalues
  /// lambda_i of C, I(Y;X_t) <= sum_i log(1 + lambda_i/s)/2, and log N is reached at a lower noise.
  std::optional<CollapseNoise> collapse_noise() const override {
    if (!collapse_) collapse_ = find_collapse_noise();
    return *collapse_;
  }

  std::string describe() const override {
    const std::string kept = store().describe();
    return fmt::format("{} points in {} dimension{}{}{} from {}", count(), dimension(),
                       dimension() == 1 ? "" : "s", kept.empty() ? "" : ", ", kept, name_);
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
  PictureShape picture_;
  mutable std::optional<std::optional<CollapseNoise>> collapse_;  // on first use: d^3
};

/// +-1 times the same number in all coordinates?
template <class Matrix>
bool are_signs(const Matrix& points) {
  const auto scale = std::abs(points(0, 0));
  return scale > 0 && (points.array().abs() == scale).all();
}

/// One bit per coordinate for signs.
template <class Matrix>
void set_signs(DatasetPoints& to, const Matrix& points) {
  to.scale = static_cast<double>(std::abs(points(0, 0)));
  to.bits.emplace(points.rows(), points.cols());
  for (Index j = 0; j < points.cols(); ++j) {
    to.bits->set(j, points.col(j).template cast<double>());
  }
}

constexpr Index kPiece = 4096;  // points that are normalised at a time

/// Points first .. first + n - 1, as they are in the file.
using Columns = std::function<MatrixXd(Index first, Index n)>;

/// Up to 1024 of `count` points, evenly spread.
MatrixXd spread(const Columns& columns, Index count) {
  constexpr Index kBlocks = 16, kBlock = 64;
  if (count <= kBlocks * kBlock) return columns(0, count);
  MatrixXd sample;
  for (Index b = 0; b < kBlocks; ++b) {
    const MatrixXd block = columns(b * (count - kBlock) / (kBlocks - 1), kBlock);
    if (b == 0) sample.resize(block.rows(), kBlocks * kBlock);
    sample.middleCols(b * kBlock, kBlock) = block;
  }
  return sample;
}

/// Standard deviations that a mean may be from 0. In single precision a score errs by 1e-7 beta |x||y|,
/// which grows as the square of the distance from 0 while what it decides does not: points 300
/// standard deviations away have wrong posteriors. Up to 4 of them the error is at most 17 times
/// that of centred points, and the bits stay as they were; bytes of images are below 2.
constexpr double kFar = 4;

/// Of the mean from 0, in standard deviations.
double distance(const MatrixXd& sample) {
  const VectorXd mean = sample.rowwise().mean();
  const double variance =
      (sample.colwise() - mean).squaredNorm() / static_cast<double>(sample.cols());
  return std::sqrt(mean.squaredNorm() / variance);
}

bool is_far(const MatrixXd& sample) { return distance(sample) > kFar; }

/// Where the normalised points of a file that is far from 0 are, empty if they are no longer.
VectorXd origin_of(const Normalisation& normalisation, MatrixXd sample) {
  normalisation.apply(sample, 0);
  if (!is_far(sample)) return {};
  return sample.rowwise().mean();
}

/// Says what is probably not meant.
void look_at(const data::Source& source, const deck::Parameters& parameters, const MatrixXd& sample,
             bool far) {
  if (parameters.word("target.normalisation") == "unit" && sample.cwiseAbs().maxCoeff() <= 1) {
    data::warn(source,
               fmt::format("values {:.4g} to {:.4g} are divided by 255 (target.normalisation = "
                           "unit); are they normalised already?",
                           sample.minCoeff(), sample.maxCoeff()));
  }
  if (far) data::note(source, "far from 0: read in double, kept relative to their mean");
  // log Z, of the size of beta |x|^2, is all rounding then at the noises that tell data apart.
  constexpr double kLost = 1e5;
  if (const double away = distance(sample);
      away > kLost && std::isfinite(away) && parameters.word("target.normalisation") == "none") {
    data::warn(source,
               fmt::format("they lie {:.0e} of their standard deviations from 0, where rounding "
                           "spoils likelihoods; target.normalisation = centred puts them at 0",
                           away));
  }
}

/// How many of the available points are the dataset, checked.
Index dataset_size(const deck::Parameters& parameters, const std::string& file, Index available) {
  const auto held_out = static_cast<Index>(parameters.integer("target.held_out"));
  const auto asked = static_cast<Index>(parameters.integer("target.n"));
  const Index n = asked > 0 ? asked : available - held_out;
  if (n < 1 || n + held_out > available) {
    throw deck::KeyError(asked > 0 ? "target.n" : "target.held_out",
                         "{}: {} points and {} held out, but {} are available", file,
                         std::max<Index>(n, 1), held_out, available);
  }
  return n;
}

std::string name_of(const data::Source& source) {
  return std::filesystem::path(source.file).filename().string();
}

/// Whether the points stay in the file: as asked, or when they would fill a quarter of the machine.
bool streams(const deck::Parameters& parameters, const data::Source& source) {
  const std::string& storage = parameters.word("target.storage");
  if (storage != "auto") return storage == "stream";
  if (!data::can_open_rows(source) || !parameters.reals("target.select").empty() ||
      parameters.has("target.class")) {
    return false;
  }
  const auto rows = data::open_rows(source);
  const double bytes = static_cast<double>(rows->rows() * rows->columns()) * sizeof(float);
  const double machine =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return bytes > machine / 4;
}

std::shared_ptr<const Target> make_streamed(const deck::Parameters& parameters) {
  const data::Source source = data::file_of(parameters);
  if (!parameters.reals("target.select").empty() || parameters.has("target.class")) {
    throw deck::KeyError("target.storage",
                         "streamed data cannot be selected by class: write the class to a file of "
                         "its own, or set storage = memory");
  }
  const std::shared_ptr<const data::Rows> rows = data::open_rows(source);
  const auto available = static_cast<Index>(rows->rows());
  const Index n = dataset_size(parameters, source.file, available);
  const auto held_out = static_cast<Index>(parameters.integer("target.held_out"));
  const Columns columns = [&](Index first, Index count) {
    return read_columns(*rows, first, count);
  };
  const auto normalisation = std::make_shared<const Normalisation>(
      parameters.word("target.normalisation"), source.file, [&](const auto& visit) {
        for (Index first = 0; first < n; first += kPiece) {
          visit(columns(first, std::min(kPiece, n - first)));
        }
      });
  MatrixXd sample = spread(columns, n);
  data::note(source, fmt::format("{} x {} numbers, one data point per row; values {:.6g} to {:.6g} "
                                 "in {} of them",
                                 available, sample.rows(), sample.minCoeff(), sample.maxCoeff(),
                                 sample.cols()));
  const bool far = is_far(sample);
  look_at(source, parameters, sample, far);
  VectorXd origin = far ? origin_of(*normalisation, std::move(sample)) : VectorXd();
  MatrixXd others = columns(n, held_out);
  normalisation->apply(others, n);
  if (origin.size() > 0) others.colwise() -= origin;
  data::Selection chosen = data::select(parameters, available);
  if (!chosen.labels.empty()) chosen.labels.resize(static_cast<std::size_t>(n));
  return std::make_shared<Dataset>(file_store(rows, n, normalisation, std::move(origin)),
                                   std::move(chosen.labels), chosen.classes, others.cast<float>(),
                                   name_of(source));
}

/// The chosen columns of an array.
template <class Real>
Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic> gather(const data::Array<Real>& array,
                                                           const data::Selection& chosen,
                                                           Index count) {
  using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  const auto d = static_cast<Index>(array.columns());
  const Eigen::Map<const Matrix> all(array.values.data(), d, static_cast<Index>(array.rows()));
  Matrix points(d, count);
  for (Index j = 0; j < count; ++j) {
    points.col(j) = all.col(chosen.points[static_cast<std::size_t>(j)]);
  }
  return points;
}

/// Points in memory: in bits, in single precision, or relative to an origin that the file in double
/// precision has.
DatasetPoints take(const deck::Parameters& parameters, const data::Source& source,
                   const data::Array<float>& array, const data::Selection& chosen, Index n,
                   Index held_out) {
  DatasetPoints result;
  MatrixXf raw = gather(array, chosen, n + held_out);
  const auto normalisation_of = [&](const auto& all) {
    return Normalisation(
        parameters.word("target.normalisation"), source.file, [&](const auto& visit) {
          for (Index first = 0; first < n; first += kPiece) {
            visit(all.middleCols(first, std::min(kPiece, n - first)).template cast<double>());
          }
        });
  };
  const MatrixXd sample = spread(
      [&](Index first, Index count) { return raw.middleCols(first, count).cast<double>().eval(); },
      n);
  const bool far = is_far(sample) && !are_signs(raw.leftCols(n));
  look_at(source, parameters, sample, far);
  if (!far) {
    const Normalisation normalisation = normalisation_of(raw);
    constexpr Index kBlock = 256;  // a double copy of all would be the peak of memory
    for (Index first = 0; normalisation.changes() && first < n + held_out; first += kBlock) {
      const Index size = std::min(kBlock, n + held_out - first);
      MatrixXd block = raw.middleCols(first, size).cast<double>();
      normalisation.apply(block, first);
      raw.middleCols(first, size) = block.cast<float>();
    }
    result.others = raw.rightCols(held_out);
    if (are_signs(raw.leftCols(n))) {
      set_signs(result, raw.leftCols(n));
    } else {
      result.numbers = held_out > 0 ? MatrixXf(raw.leftCols(n)) : std::move(raw);
    }
    return result;
  }
  MatrixXd fine = gather(data::read<double>(source), chosen, n + held_out);
  look_at(source, parameters, sample, far);  // reading again forgets what was said
  const Normalisation normalisation = normalisation_of(fine);
  VectorXd origin = origin_of(
      normalisation,
      spread([&](Index first, Index count) { return fine.middleCols(first, count).eval(); }, n));
  normalisation.apply(fine, 0);
  if (origin.size() > 0) {
    // Two numbers only: bits around their middle.
    const double low = fine.leftCols(n).minCoeff(), high = fine.leftCols(n).maxCoeff();
    const auto data = fine.leftCols(n).array();
    if (low < high && (data == low || data == high).all()) {
      origin.setConstant(low + (high - low) / 2);
    }
    fine.colwise() -= origin;
    if (low < high && are_signs(fine.leftCols(n))) set_signs(result, fine.leftCols(n));
  }
  if (!result.bits) result.numbers = fine.leftCols(n).cast<float>();
  result.others = fine.rightCols(held_out).cast<float>();
  result.origin = std::move(origin);
  return result;
}

/// N x height x width, with channels before these two; channels behind them are no picture of ours.
PictureShape picture_of(const std::vector<std::size_t>& shape) {
  constexpr std::size_t kMostChannels = 4;
  const std::size_t axes = shape.size();
  if (axes < 3 || axes > 4 || (axes == 4 && shape.back() <= kMostChannels)) return {};
  return {static_cast<Index>(shape[axes - 2]), static_cast<Index>(shape[axes - 1])};
}

DatasetPoints read_points(const deck::Parameters& parameters, const data::Source& source) {
  const data::Array<float> array = data::read<float>(source);
  const auto total = static_cast<Index>(array.rows());
  const data::Selection chosen = data::select(parameters, total);
  const auto held_out = static_cast<Index>(parameters.integer("target.held_out"));
  const Index n = dataset_size(parameters, source.file, static_cast<Index>(chosen.points.size()));
  DatasetPoints result = take(parameters, source, array, chosen, n, held_out);
  result.labels = chosen.labels;
  if (!result.labels.empty()) result.labels.resize(static_cast<std::size_t>(n));
  result.classes = chosen.classes;
  result.picture = picture_of(array.shape);
  return result;
}

/// All that decides what is read: the keys of the target, where its files are and what they hold.
std::string name_of_block(const deck::Parameters& parameters) {
  std::string name;
  for (const auto& [path, value] : parameters.all()) {
    if (!path.starts_with("target.")) continue;
    name += fmt::format("{}={} {} {}\n", path, value.canonical(), fmt::join(value.paths, " "),
                        fmt::join(value.contents, " "));
  }
  return name;
}

std::shared_ptr<const Target> make_dataset(const deck::Parameters& parameters,
                                           const random::Address&) {
  const data::Source source = data::file_of(parameters);
  if (streams(parameters, source)) return make_streamed(parameters);
  if (shares_blocks()) {
    PackedDataset all = unpack(block(name_of_block(parameters), [&](const Place& place) {
      pack(read_points(parameters, source), place);
    }));
    return std::make_shared<Dataset>(all.points, std::move(all.labels), all.classes,
                                     std::move(all.others), name_of(source), all.picture);
  }
  DatasetPoints all = read_points(parameters, source);
  const PictureShape picture = all.picture;
  return std::make_shared<Dataset>(all.store(), std::move(all.labels), all.classes,
                                   std::move(all.others), name_of(source), picture);
}

}  // namespace

TargetKind dataset() {
  return {
      .name = "dataset",
      .text =
          "the points of a file, each with weight 1/N: the exact score of a dataset, which "
          "memorizes (Biroli et al. 2024; Ambrogioni 2024, section 8)",
      .keys = deck::joined(
          {data::file_keys("IDX, NumPy .npy or .npz, text (CSV) or HDF5, the first three also as "
                           ".gz; the first axis counts the points",
                           "point"),
           {deck::Key{
                .section = "target",
                .name = "class",
                .kind = deck::Kind::integer,
                .fallback = "",
                .text =
                    "only points with this label: one class, which a deck can sweep; default: all"},
            deck::word_key("target", "storage", "auto",
                           "memory; stream: points stay in the file (.npy, plain IDX, HDF5) and "
                           "every evaluation reads them once, memory constant in n; auto: stream "
                           "above a quarter of the machine's memory. Same bits either way",
                           {"auto", "memory", "stream"}),
            deck::count_key(
                "target", "n", "0",
                "number of points, the first ones of those selected; 0: all but the held-out ones",
                0, deck::unlimited),
            deck::count_key("target", "held_out", "0",
                            "number of points after the first n that are kept aside as data "
                            "independent of the dataset",
                            0, deck::unlimited),
            deck::word_key(
                "target", "normalisation", "none",
                "unit: divided by 255; centred: mean 0 per coordinate; standardised: also variance "
                "1 (constant coordinates become 0); sphere: every point to norm sqrt(d); signs: 1 "
                "above the middle of the smallest and the largest number, else -1 (0 and 1 become "
                "spins)",
                {"none", "unit", "centred", "standardised", "sphere", "signs"})}}),
      .make = make_dataset,
      .provides = plus({Part::finite_support, Part::class_score})};
}

}  // namespace symbreak::target
