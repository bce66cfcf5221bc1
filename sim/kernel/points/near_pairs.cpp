#include "sim/kernel/points/near_pairs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "sim/kernel/points/candidates.hpp"
#include "sim/kernel/points/point_tiles.hpp"
#include "sim/kernel/points/row_products.hpp"

namespace symbreak::kernel {
namespace {

using Eigen::Index;
using Vector = Simd<float>::Vector;
constexpr std::size_t lanes = Simd<float>::lanes;

constexpr float nowhere = std::numeric_limits<float>::infinity();
/// |y_j|^2/2 of a tile; beyond its last point, infinity.
using HalfNorms = std::array<float, most_points>;

/// |y|^2/2 - x.y of the pairs of one state and a tile.
struct Column {
  const float* values;
  std::size_t stride;
  double operator()(std::size_t point) const { return static_cast<double>(values[point * stride]); }
};

/// The products of a tile with one to `vectors` * lanes states, which lie in the lanes.
template <std::size_t vectors>
class StatesInLanes {
  static constexpr std::size_t width = vectors * lanes;

 public:
  StatesInLanes(const Eigen::Ref<const Eigen::MatrixXd>& states, Index first)
      : first_(first),
        size_(std::min(static_cast<Index>(width), states.cols() - first)),
        d_(static_cast<std::size_t>(states.rows())),
        states_(Eigen::MatrixXf::Zero(static_cast<Index>(width), states.rows())) {
    states_.topRows(size_) = states.middleCols(first, size_).transpose().cast<float>();
  }

  /// visit(state, its least value, all of its values)
  template <class Visit>
  void add(PointTiles<float>::Tile& tile, const HalfNorms& half_norms, const Visit& visit) {
    tile_dots<float, vectors>(tile.points, tile.stride, tile.rows, d_, states_.data(),
                              values_.data(), tile.ahead);
    alignas(64) std::array<float, width> least;
    for (std::size_t lane = 0; lane < width; lane += lanes) {
      Vector lowest = nowhere - Vector{};
      for (std::size_t row = 0; row < tile.rows; ++row) {
        float* const at = &values_[row * width + lane];
        const Vector value = half_norms[row] - load<Vector>(at);
        lowest = value < lowest ? value : lowest;
        store(value, at);
      }
      store(lowest, &least[lane]);
    }
    for (Index k = 0; k < size_; ++k) {
      const auto lane = static_cast<std::size_t>(k);
      visit(first_ + k, least[lane], Column{&values_[lane], width});
    }
  }

 private:
  Index first_, size_;
  std::size_t d_;
  Eigen::MatrixXf states_;  ///< lanes x d
  alignas(64) std::array<float, most_points * width> values_;
};

/// The products of a tile with few states, which would leave lanes empty: the coordinates lie in
/// the lanes, as many points at a time.
class FewStates {
  using Rows = row_products::Vector;
  static constexpr std::size_t rows_at_once = row_products::lanes;

 public:
  explicit FewStates(const Eigen::Ref<const Eigen::MatrixXd>& states)
      : d_(static_cast<std::size_t>(states.rows())),
        states_(states.cast<float>()),
        values_(static_cast<std::size_t>(states.cols())),
        last_(rows_at_once * d_) {}
  /// Rows that are fetched ahead, unless they are so long that the machine does as well by itself.
  static constexpr std::size_t ahead = 4 * lanes, longest_fetched = 512;
  static bool fit(Index d, Index states) {
    return 2 * states <= static_cast<Index>(lanes) && d >= static_cast<Index>(rows_at_once);
  }

  template <class Visit>
  void add(const float* points, std::size_t size, const HalfNorms& half_norms, const Visit& visit) {
    std::array<Rows, lanes / 2> lowest;
    lowest.fill(nowhere - Rows{});
    for (std::size_t j = 0; j < size; j += rows_at_once) {
      const float* rows = points + j * d_;
      if (j + rows_at_once > size) {
        std::copy_n(rows, (size - j) * d_, last_.begin());
        rows = last_.data();
      }
      row_products::NextPoints next{points + (j + ahead) * d_, d_ <= longest_fetched};
      for (std::size_t k = 0; k < values_.size(); ++k) {
        const float* const x = states_.col(static_cast<Index>(k)).data();
        const Rows value = load<Rows>(&half_norms[j]) - row_products::dots(rows, d_, x, next);
        lowest[k] = value < lowest[k] ? value : lowest[k];
        store(value, &values_[k][j]);
      }
    }
    for (std::size_t k = 0; k < values_.size(); ++k) {
      visit(static_cast<Index>(k), -row_products::largest_lane(-lowest[k]),
            Column{values_[k].data(), 1});
    }
  }

 private:
  std::size_t d_;
  Eigen::MatrixXf states_;
  std::vector<std::array<float, most_points>> values_;
  std::vector<float> last_;  ///< a copy of the last points of all
};

}  // namespace

class NearPairs::Work {
 public:
  explicit Work(const Eigen::Ref<const Eigen::MatrixXd>& states)
      : d_(static_cast<std::size_t>(states.rows())),
        norms_(states.colwise().norm()),
        candidates_(norms_.begin(), norms_.end()),
        tiles_(d_) {
    if (FewStates::fit(states.rows(), states.cols())) {
      few_.emplace(states);
      return;
    }
    constexpr auto width = static_cast<Index>(lanes);
    pairs_.reserve(static_cast<std::size_t>(states.cols() / (2 * width)) + 1);
    for (Index first = 0; first < states.cols(); first += 2 * width) {
      if (states.cols() - first > width) {
        pairs_.emplace_back(states, first);
      } else {
        singles_.emplace_back(states, first);
      }
    }
  }

  void add(const float* points, const double* half_norms, std::size_t count,
           const Measure& measure) {
    const std::size_t tile = few_ ? most_points : tiles_.size();
    for (std::size_t first = 0; first < count; first += tile) {
      const std::size_t size = std::min(tile, count - first);
      half_norms_.fill(nowhere);
      const double* const norms = half_norms + first;
      largest_ = std::max(largest_, std::sqrt(2 * *std::max_element(norms, norms + size)));
      std::copy_n(norms, size, half_norms_.begin());
      multiply(points + first * d_, size, count - first - size,
               [&](Index state, float least, const Column& values) {
                 Candidates& mine = candidates_[static_cast<std::size_t>(state)];
                 mine.set_error(error(state));
                 if (mine.beyond(static_cast<double>(least))) return;
                 mine.take(values, size, first);
                 if (mine.crowded()) look(state, measure);
               });
    }
    for (Index state = 0; state < norms_.size(); ++state) look(state, measure);
  }

 private:
  /// `more` points follow those of this tile in memory.
  template <class Visit>
  void multiply(const float* points, std::size_t size, std::size_t more, const Visit& visit) {
    if (few_) return few_->add(points, size, half_norms_, visit);
    auto tile = tiles_.take(points, size, more, pairs_.size() + singles_.size());
    for (auto& block : pairs_) block.add(tile, half_norms_, visit);
    for (auto& block : singles_) block.add(tile, half_norms_, visit);
  }

  /// What |y|^2/2 - x.y errs by at most, for the points so far: of the product; of both factors,
  /// |y|^2/2 and the difference of the two.
  double error(Index state) const {
    constexpr double unit = 0x1p-24, others = 8;
    const double rounding = (static_cast<double>(d_) + others) * unit;
    const double x = norms_[state], y = largest_;
    return rounding * y * (x + y) + others * unit * x * x;
  }

  void look(Index state, const Measure& measure) {
    candidates_[static_cast<std::size_t>(state)].measure(
        [&](std::size_t point) { return measure(state, static_cast<Index>(point)); });
  }

  std::size_t d_;
  Eigen::VectorXd norms_;  ///< |x|
  std::vector<Candidates> candidates_;
  PointTiles<float> tiles_;
  std::optional<FewStates> few_;  ///< all of them, or none
  std::vector<StatesInLanes<2>> pairs_;
  std::vector<StatesInLanes<1>> singles_;
  HalfNorms half_norms_;
  double largest_ = 0;  ///< |y| so far
};

NearPairs::NearPairs(const Eigen::Ref<const Eigen::MatrixXd>& states)
    : work_(std::make_unique<Work>(states)) {}
NearPairs::~NearPairs() = default;
NearPairs::NearPairs(NearPairs&&) noexcept = default;

void NearPairs::add(const float* points, const double* half_norms, Index count,
                    const Measure& measure) {
  work_->add(points, half_norms, static_cast<std::size_t>(count), measure);
}

}  // namespace symbreak::kernel
