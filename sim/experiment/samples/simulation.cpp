#include "sim/experiment/samples/simulation.hpp"

#include <cmath>

#include "analysis/findings/samples/observables.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/experiment/samples/distances.hpp"
#include "sim/random/draws.hpp"
#include "sim/target/points/empirical.hpp"

namespace symbreak::experiment::samples {

namespace observable = findings::samples::observable;
using target::FiniteSupport;

constexpr Index kMostTable = 20'000;       // data whose copies are counted one by one
constexpr Index kDirections = 64;          // of a sliced Wasserstein distance
constexpr Index kMostCoordinates = 1'024;  // of a Frechet distance: its cost is their cube

bool Setting::per_datum() const { return training->count() <= kMostTable; }
bool Setting::distances() const {
  return space.features() || model.denoiser->dimension() <= kMostCoordinates;
}

target::MatrixXd read_samples(const Setting& setting, Index dimension) {
  const data::Array<float> array = data::read<float>(setting.file);
  const auto columns = static_cast<Index>(array.columns());
  if (columns != dimension) {
    data::fail(setting.file, fmt::format("samples of {} numbers (shape {}); the data have {}",
                                         columns, data::shape_text(array.shape), dimension));
  }
  const Eigen::Map<const Eigen::MatrixXf> all(array.values.data(), columns,
                                              static_cast<Index>(array.rows()));
  return setting.scale * all.cast<double>();
}

namespace {

/// The first points of a dataset.
MatrixXd first_points(const FiniteSupport& points, Index dimension, Index count) {
  MatrixXd y(dimension, count);
  for (Index j = 0; j < count; ++j) y.col(j) = points.point(j);
  return y;
}

class Samples final : public Unit<const Setting&> {
 public:
  Samples(const Setting& setting, const measure::UnitAddress& address)
      : Unit(setting, address),
        samples_(read_samples(s_, s_.model.denoiser->dimension())),
        held_out_(s_.training->held_out()),
        copies_(s_.per_datum() ? s_.training->count() : 0) {
    const Index d = samples_.rows();
    own_set_ = target::empirical(samples_, "samples");
    if (held_out_.cols() > 0) {
      // Halves of the same size, so that neither is nearer by being denser.
      const Index half = std::min(s_.training->count(), held_out_.cols());
      own_half_ = target::empirical(first_points(*s_.training, d, half), "training data");
      other_half_ = target::empirical(held_out_.leftCols(half), "held-out data");
    }
    copies_.setZero();
    keep_integers("next", next_);
    keep_reals("copies", copies_);
  }

  void advance(measure::Recorder& recorder) override {
    const auto part = [this](Index size) {
      const Index first = next_ * size / s_.blocks, end = (next_ + 1) * size / s_.blocks;
      return std::pair{first, end - first};
    };
    if (const auto [first, size] = part(samples_.cols()); size > 0) {
      look(recorder, samples_.middleCols(first, size));
    }
    if (const auto [first, size] = part(held_out_.cols()); size > 0) {
      const auto near = s_.training->nearest(held_out_.middleCols(first, size));
      for (Index k = 0; k < size; ++k) {
        recorder.measure(observable::memorized_held_out, is_copy(near, k) ? 1 : 0);
        recorder.measure(observable::nearest_distance_held_out, near.first[k] * unit());
      }
    }
    ++next_;
  }

  void conclude(measure::Recorder& recorder) const override {
    if (s_.per_datum()) {
      const VectorXd share = copies_ / static_cast<double>(samples_.cols());
      recorder.solved(observable::copies_per_datum, share,
                      (share.array() * (1 - share.array()) / static_cast<double>(samples_.cols()))
                          .sqrt()
                          .matrix());
    }
    if (s_.distances()) compare_laws(recorder);
  }

 private:
  bool is_copy(const FiniteSupport::Nearest& near, Index k) const {
    return near.first[k] < s_.threshold * near.second[k];
  }
  double unit() const { return 1 / std::sqrt(static_cast<double>(samples_.rows())); }

  void look(measure::Recorder& recorder, const MatrixXd& y) {
    const auto near = s_.training->nearest(y);
    const auto among = own_set_->nearest(y);
    const std::vector<Index> twins = own_set_->multiplicity(among.datum);
    const auto labels = s_.model.data->classify(y);
    FiniteSupport::Nearest own, other;
    if (own_half_) own = own_half_->nearest(y);
    if (own_half_) other = other_half_->nearest(y);
    for (Index k = 0; k < y.cols(); ++k) {
      const auto walker = static_cast<std::size_t>(k);
      const bool copy = is_copy(near, k);
      recorder.measure(observable::memorized, copy ? 1 : 0);
      recorder.measure(observable::nearest_distance, near.first[k] * unit());
      if (copy && copies_.size() > 0) ++copies_[near.datum[walker]];
      // Other samples end where this one does, and no datum is there.
      const double twin = twins[walker] > 1 ? 0 : among.second[k];
      recorder.measure(observable::spurious, !copy && twin < s_.threshold * near.first[k] ? 1 : 0);
      if (own_half_) {
        const double a = own.first[k], b = other.first[k];
        recorder.measure(observable::own_half, a < b ? 1 : a > b ? 0 : 0.5);
        recorder.measure(observable::distance_gap, a + b > 0 ? (b - a) / (b + a) : 0);
      }
      if (s_.model.data->classes() > 1) {
        VectorXd hit = VectorXd::Zero(s_.model.data->classes());
        if (labels[walker] >= 0) hit[labels[walker]] = 1;
        recorder.measure(observable::class_occupation, hit);
      }
    }
  }

  void compare_laws(measure::Recorder& recorder) const {
    const MatrixXd training = s_.space(first_points(
        *s_.training, samples_.rows(), std::min<Index>(s_.training->count(), kDistancePoints)));
    const MatrixXd generated =
        s_.space(samples_.leftCols(std::min<Index>(samples_.cols(), kDistancePoints)));
    const MatrixXd others =
        held_out_.cols() > 1
            ? s_.space(held_out_.leftCols(std::min<Index>(held_out_.cols(), kDistancePoints)))
            : MatrixXd();
    random::Stream stream(address_.address(Purpose::projection));
    const MatrixXd along = random::directions(stream, training.rows(), kDirections);
    const MatrixXd& real = others.cols() > 0 ? others : training;
    const auto record = [&](verdict::ObservableName name, const Distance& distance) {
      recorder.solved(name, distance.value, distance.error);
    };
    record(observable::frechet_distance, frechet(generated, real));
    record(observable::wasserstein_2_squared, wasserstein(generated, real, along));
    if (others.cols() == 0) return;
    record(observable::frechet_held_out, frechet(training, others));
    record(observable::wasserstein_2_held_out, wasserstein(training, others, along));
  }

  MatrixXd samples_, held_out_;
  std::shared_ptr<const target::FiniteTarget> own_set_, own_half_, other_half_;
  VectorXd copies_;  ///< of each datum
  Index next_ = 0;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Samples>(setting, address);
}

}  // namespace symbreak::experiment::samples
