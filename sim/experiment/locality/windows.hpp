// Windows of pixels. May depend on: sim/target, sim/deck.
#pragma once
#include <vector>

#include "sim/deck/parameters.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::locality {

using target::Index;
using target::MatrixXd;
using target::VectorXd;

/// The sides of the grid whose sites the coordinates are, channel after channel: experiment.sides,
/// else those of the target. Throws deck::KeyError where there is none, or none that fits.
std::vector<Index> grid_of(const deck::Parameters& parameters, const target::Denoiser& denoiser);

/// The coordinates of a grid by their distance from a centre, the largest of the distances along
/// the sides: the window of radius r is (2r + 1) x (2r + 1) pixels, less what lies beyond an edge.
struct PixelWindows {
  /// Ring r: coordinates at distance r, all channels; ring 0 is the centre, the last one is all
  /// beyond `radius`.
  std::vector<std::vector<Index>> rings;
  /// By radius: what is added to the coordinates of the window to move it to each place where it
  /// lies inside the grid, its own among them.
  std::vector<std::vector<Index>> places;

  PixelWindows() = default;
  PixelWindows(const std::vector<Index>& sides, Index channels, Index site, Index radius);
  Index radius() const { return static_cast<Index>(rings.size()) - 2; }
  const std::vector<Index>& centre() const { return rings.front(); }
  /// Pixels within r.
  Index sites(Index r) const;
  /// Coordinates within r, those of the centre first.
  std::vector<Index> within(Index r) const;
};

/// What the posterior of a set of points says of the centre, given x within each radius and given
/// all of it: weights w_j ~ exp(log_weight_j - |x_W - y_jW|^2/2s), the local score machine of patch
/// 2r + 1 at this pixel. "Rows" of radii 0 .. R, then the whole.
struct WindowPosteriors {
  std::vector<MatrixXd> mean;  ///< of each row, channels x states
  MatrixXd divergence;         ///< sum_j w_j log(w_j/w_j^r), nats, rows x states; the last is 0
  MatrixXd variance;           ///< of the centre given all of x, channels x states
  VectorXd entropy;            ///< -sum_j w_j log w_j of all of x
};

/// All radii in one pass over the points: scores grow ring by ring. Cost of one evaluation of the
/// posterior, d N states, and (R + 2) N states exponentials; memory O((tile (R + 2) + d) states).
/// In double, whatever the storage of the points.
WindowPosteriors window_posteriors(const target::FiniteSupport& points, const PixelWindows& windows,
                                   const MatrixXd& x, double beta);

/// By radius, the mean of the centre for whom the windows of every point and every place are alike,
/// weights e^{log_weight_j - |x_W - y_jW'|^2/2s}: the equivariant local score machine ("els_valid")
/// of patch 2r + 1, channels x states. Cost sum over r of places(r) sites(r) N states.
std::vector<MatrixXd> equivariant_means(const target::FiniteSupport& points,
                                        const PixelWindows& windows, const MatrixXd& x,
                                        double beta);

}  // namespace symbreak::experiment::locality
