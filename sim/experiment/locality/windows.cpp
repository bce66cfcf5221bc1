#include "sim/experiment/locality/windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/pictures.hpp"

namespace symbreak::experiment::locality {

namespace {

using Eigen::RowVectorXd;

/// Sums over points of e^{s_j} and of e^{s_j} times something, relative to the largest score so far.
struct Sums {
  RowVectorXd top, norm;
  MatrixXd first;   ///< times y_c, channels x states
  MatrixXd others;  ///< times other numbers of the points, as many rows

  Sums(Index channels, Index numbers, Index states)
      : top(RowVectorXd::Constant(states, -INFINITY)),
        norm(RowVectorXd::Zero(states)),
        first(MatrixXd::Zero(channels, states)),
        others(MatrixXd::Zero(numbers, states)) {}

  /// e^{s_j} of these points, relative to `top`.
  MatrixXd add(const MatrixXd& scores, const MatrixXd& centre) {
    const RowVectorXd higher = top.cwiseMax(scores.colwise().maxCoeff());
    const RowVectorXd fall = (top - higher).array().exp();
    const MatrixXd weights = (scores.rowwise() - higher).array().exp();
    norm = norm.cwiseProduct(fall) + weights.colwise().sum();
    first = first * fall.asDiagonal();
    first.noalias() += centre * weights;
    others = others * fall.asDiagonal();
    top = higher;
    return weights;
  }
  MatrixXd mean() const { return first * norm.cwiseInverse().asDiagonal(); }
  RowVectorXd log_partition() const { return top.array() + norm.array().log(); }
};

/// Visits the points a tile at a time: columns of a matrix, and their log weights.
template <class Visit>
void for_tiles(const target::FiniteSupport& points, Index d, const Visit& visit) {
  constexpr Index kTile = 128;
  MatrixXd tile(d, std::min(kTile, points.count()));
  for (Index first = 0; first < points.count(); first += kTile) {
    const Index n = std::min(kTile, points.count() - first);
    if (n != tile.cols()) tile.resize(d, n);
    points.read(first, tile);
    VectorXd log_weights(n);
    for (Index j = 0; j < n; ++j) log_weights[j] = points.log_weight(first + j);
    visit(tile, log_weights);
  }
}

/// Where the window of radius r around `site` may be.
std::vector<Index> places_of(const std::vector<Index>& sides, Index site, Index r) {
  std::vector<Index> places{0};
  Index stride = 1;
  for (auto side = sides.rbegin(); side != sides.rend(); ++side) {
    const Index at = site / stride % *side;
    const Index low = std::min(at, r), high = std::min(*side - 1 - at, r);
    std::vector<Index> moved;
    for (const Index place : places) {
      for (Index step = low - at; step <= *side - 1 - at - high; ++step) {
        moved.push_back(place + step * stride);
      }
    }
    places = std::move(moved);
    stride *= *side;
  }
  return places;
}

}  // namespace

std::vector<Index> grid_of(const deck::Parameters& parameters, const target::Denoiser& denoiser) {
  std::vector<Index> sides = denoiser.lattice();
  if (parameters.has("experiment.sides")) {
    sides.clear();
    for (const double side : parameters.reals("experiment.sides")) {
      sides.push_back(static_cast<Index>(side));
    }
  }
  if (const auto* pictures = target::part<target::Pictures>(denoiser);
      sides.empty() && pictures != nullptr && pictures->picture().known()) {
    sides = {pictures->picture().height, pictures->picture().width};
  }
  refuse_if(sides.empty(), "experiment.sides",
            "locality runs on spins with couplings and on images: this target has no grid; say the "
            "sides of the one that its coordinates are on (28, 28)");
  const Index sites = std::accumulate(sides.begin(), sides.end(), Index{1}, std::multiplies<>());
  refuse_if(sites < 1 || denoiser.dimension() % sites != 0, "experiment.sides",
            fmt::format("{} sites do not divide the {} coordinates of the target", sites,
                        denoiser.dimension()));
  return sides;
}

PixelWindows::PixelWindows(const std::vector<Index>& sides, Index channels, Index site,
                           Index radius)
    : rings(static_cast<std::size_t>(radius) + 2) {
  const Index sites = std::accumulate(sides.begin(), sides.end(), Index{1}, std::multiplies<>());
  for (Index i = 0; i < sites; ++i) {
    Index away = 0, here = i, there = site;
    for (auto side = sides.rbegin(); side != sides.rend(); ++side) {
      away = std::max(away, std::abs(here % *side - there % *side));
      here /= *side;
      there /= *side;
    }
    auto& ring = rings[static_cast<std::size_t>(std::min(away, radius + 1))];
    for (Index c = 0; c < channels; ++c) ring.push_back(c * sites + i);
  }
  for (Index r = 0; r <= radius; ++r) places.push_back(places_of(sides, site, r));
}

Index PixelWindows::sites(Index r) const {
  return static_cast<Index>(within(r).size() / centre().size());
}

std::vector<Index> PixelWindows::within(Index r) const {
  std::vector<Index> all;
  for (Index i = 0; i <= r; ++i) {
    const auto& ring = rings[static_cast<std::size_t>(i)];
    all.insert(all.end(), ring.begin(), ring.end());
  }
  return all;
}

WindowPosteriors window_posteriors(const target::FiniteSupport& points, const PixelWindows& windows,
                                   const MatrixXd& x, double beta) {
  const auto rows = static_cast<Index>(windows.rings.size());
  const auto channels = static_cast<Index>(windows.centre().size());
  const Index states = x.cols(), whole = rows - 1;
  std::vector<MatrixXd> fields;  // of the rings
  for (const auto& ring : windows.rings) fields.push_back(beta * x(ring, Eigen::all));
  std::vector<Sums> sums(static_cast<std::size_t>(whole), Sums(channels, 0, states));
  // Of the whole: scores outside each window, then the score itself, and y_c^2.
  sums.emplace_back(channels, rows + channels, states);

  std::vector<MatrixXd> scores(static_cast<std::size_t>(rows));
  for_tiles(points, x.rows(), [&](const MatrixXd& tile, const VectorXd& log_weights) {
    MatrixXd score = log_weights.replicate(1, states);
    const MatrixXd centre = tile(windows.centre(), Eigen::all);
    MatrixXd weights;
    for (Index r = 0; r < rows; ++r) {
      const auto at = static_cast<std::size_t>(r);
      if (!windows.rings[at].empty()) {
        const MatrixXd ring = tile(windows.rings[at], Eigen::all);
        score.noalias() += ring.transpose() * fields[at];
        score.colwise() -= beta / 2 * ring.colwise().squaredNorm().transpose();
      }
      scores[at] = score;
      weights = sums[at].add(score, centre);
    }
    MatrixXd& others = sums.back().others;
    const auto sum = [&](const MatrixXd& number) -> RowVectorXd {
      return weights.cwiseProduct(number).colwise().sum();
    };
    for (Index r = 0; r < whole; ++r) {
      others.row(r) += sum(score - scores[static_cast<std::size_t>(r)]);
    }
    others.row(whole) += sum(score);
    others.bottomRows(channels).noalias() += centre.cwiseAbs2() * weights;
  });

  WindowPosteriors result;
  for (const Sums& each : sums) result.mean.push_back(each.mean());
  const MatrixXd others = sums.back().others * sums.back().norm.cwiseInverse().asDiagonal();
  const RowVectorXd log_partition = sums.back().log_partition();
  result.divergence = MatrixXd::Zero(rows, states);
  for (Index r = 0; r < whole; ++r) {
    result.divergence.row(r) =
        others.row(r) - log_partition + sums[static_cast<std::size_t>(r)].log_partition();
  }
  result.variance = others.bottomRows(channels) - result.mean.back().cwiseAbs2();
  result.entropy = (log_partition - others.row(whole)).transpose();
  return result;
}

std::vector<MatrixXd> equivariant_means(const target::FiniteSupport& points,
                                        const PixelWindows& windows, const MatrixXd& x,
                                        double beta) {
  const auto channels = static_cast<Index>(windows.centre().size());
  std::vector<Sums> sums(windows.places.size(), Sums(channels, 0, x.cols()));
  for_tiles(points, x.rows(), [&](const MatrixXd& tile, const VectorXd& log_weights) {
    for (Index r = 0; r <= windows.radius(); ++r) {
      const auto at = static_cast<std::size_t>(r);
      const std::vector<Index> window = windows.within(r);
      const MatrixXd field = beta * x(window, Eigen::all);
      for (const Index place : windows.places[at]) {
        std::vector<Index> moved = window;
        for (Index& coordinate : moved) coordinate += place;
        const MatrixXd seen = tile(moved, Eigen::all);
        MatrixXd score = seen.transpose() * field;
        score.colwise() += log_weights - beta / 2 * seen.colwise().squaredNorm().transpose();
        sums[at].add(score, seen.topRows(channels));
      }
    }
  });
  std::vector<MatrixXd> means;
  for (const Sums& each : sums) means.push_back(each.mean());
  return means;
}

}  // namespace symbreak::experiment::locality
