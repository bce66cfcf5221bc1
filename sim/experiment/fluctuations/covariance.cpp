#include "sim/experiment/fluctuations/covariance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/target/spectrum.hpp"

namespace symbreak::experiment::fluctuations {

using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr Index kFullSpectrum =
    512;  ///< sites up to which all eigenvectors are cheaper than sampling

std::vector<Index> coordinates(Index site, const std::vector<Index>& sides) {
  std::vector<Index> x(sides.size());
  for (std::size_t a = sides.size(); a-- > 0; site /= sides[a]) x[a] = site % sides[a];
  return x;
}

Index site_of(const std::vector<Index>& x, const std::vector<Index>& sides) {
  Index site = 0;
  for (std::size_t a = 0; a < sides.size(); ++a) site = site * sides[a] + x[a];
  return site;
}

/// Whether the couplings stay the same when every site i becomes image[i].
bool automorphism(const kernel::SpinGraph& graph, const std::vector<Index>& image) {
  using Bond = std::pair<Index, double>;
  const auto bonds = [&](std::size_t site, bool moved) {
    std::vector<Bond> list;
    for (auto e = graph.first[site]; e < graph.first[site + 1]; ++e) {
      const auto entry = static_cast<std::size_t>(e);
      const auto there = static_cast<std::size_t>(graph.neighbour[entry]);
      list.emplace_back(moved ? image[there] : static_cast<Index>(there), graph.coupling[entry]);
    }
    std::sort(list.begin(), list.end());
    return list;
  };
  for (std::size_t i = 0; i < image.size(); ++i) {
    if (bonds(i, true) != bonds(static_cast<std::size_t>(image[i]), false)) return false;
  }
  return true;
}

template <class Map>
std::vector<Index> images(const std::vector<Index>& sides, const Map& map) {
  const Index count = std::accumulate(sides.begin(), sides.end(), Index{1}, std::multiplies<>());
  std::vector<Index> image(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) {
    image[static_cast<std::size_t>(i)] = site_of(map(coordinates(i, sides)), sides);
  }
  return image;
}

/// Reflections and exchanges of axes about site 0 that leave the couplings alone (the identity is
/// one); none where translations do not.
std::vector<std::vector<Index>> point_symmetries(const kernel::SpinGraph& graph,
                                                 const std::vector<Index>& sides) {
  for (std::size_t a = 0; a < sides.size(); ++a) {
    const auto shifted = images(sides, [&](std::vector<Index> x) {
      x[a] = (x[a] + 1) % sides[a];
      return x;
    });
    if (!automorphism(graph, shifted)) return {};
  }
  std::vector<std::vector<Index>> found;
  std::vector<std::size_t> axes(sides.size());
  std::iota(axes.begin(), axes.end(), 0);
  do {
    bool fits = true;
    for (std::size_t a = 0; a < axes.size(); ++a) fits = fits && sides[axes[a]] == sides[a];
    if (!fits) continue;
    for (std::size_t mirrors = 0; mirrors < std::size_t{1} << axes.size(); ++mirrors) {
      const auto image = images(sides, [&](const std::vector<Index>& x) {
        std::vector<Index> y(x.size());
        for (std::size_t a = 0; a < x.size(); ++a) {
          y[a] = (mirrors >> a & 1) != 0 ? (sides[a] - x[axes[a]]) % sides[a] : x[axes[a]];
        }
        return y;
      });
      if (automorphism(graph, image)) found.push_back(image);
    }
  } while (std::next_permutation(axes.begin(), axes.end()));
  return found;
}

}  // namespace

CleanCovariance::CleanCovariance(const kernel::SpinGraph& graph, const std::vector<Index>& sides)
    : graph_(graph), sides_(sides) {
  const auto d = static_cast<Index>(graph.sites());
  for (MatrixXd& half : sums_) half = MatrixXd::Zero(d, d);
  if (!sides.empty()) symmetries_ = point_symmetries(graph, sides);
  if (static_cast<Index>(4 * graph.neighbour.size()) < d * d) return;
  couplings_ = MatrixXd::Zero(d, d);
  for (Index i = 0; i < d; ++i) {
    for (auto e = graph.first[static_cast<std::size_t>(i)];
         e < graph.first[static_cast<std::size_t>(i) + 1]; ++e) {
      couplings_(i, graph.neighbour[static_cast<std::size_t>(e)]) +=
          graph.coupling[static_cast<std::size_t>(e)];
    }
  }
}

MatrixXd CleanCovariance::fields(const MatrixXd& spins) const {
  if (couplings_.size() > 0) return couplings_ * spins;
  MatrixXd h(spins.rows(), spins.cols());
  for (Index k = 0; k < spins.cols(); ++k) {
    for (Index i = 0; i < spins.rows(); ++i) {
      double sum = 0;
      for (auto e = graph_.first[static_cast<std::size_t>(i)];
           e < graph_.first[static_cast<std::size_t>(i) + 1]; ++e) {
        const auto entry = static_cast<std::size_t>(e);
        sum += graph_.coupling[entry] * spins(graph_.neighbour[entry], k);
      }
      h(i, k) = sum;
    }
  }
  return h;
}

void CleanCovariance::add(std::size_t half, const MatrixXd& spins) {
  // tanh h = (1 - e)/(1 + e), e = exp(-2h): Eigen's exp is vectorised, its tanh is not.
  const MatrixXd e = (-2 * fields(spins)).array().max(-700).min(700).exp();
  const MatrixXd expected = (1 - e.array()) / (1 + e.array());
  sums_[half].noalias() += spins * expected.transpose();
}

VectorXd CleanCovariance::modes(const MatrixXd& covariance) const {
  const Index d = covariance.rows();
  std::vector<std::vector<Index>> at(static_cast<std::size_t>(d));
  for (Index i = 0; i < d; ++i) at[static_cast<std::size_t>(i)] = coordinates(i, sides_);
  VectorXd of_distance = VectorXd::Zero(d), symmetric = of_distance, factor = of_distance;
  std::vector<Index> there(sides_.size());
  for (const std::vector<Index>& x : at) {
    for (std::size_t r = 0; r < at.size(); ++r) {
      for (std::size_t a = 0; a < x.size(); ++a) there[a] = (at[r][a] + x[a]) % sides_[a];
      of_distance[static_cast<Index>(r)] += covariance(site_of(x, sides_), site_of(there, sides_));
    }
  }
  for (const auto& image : symmetries_) symmetric += of_distance(image);
  symmetric /= static_cast<double>(d) * static_cast<double>(symmetries_.size());
  for (Index k = 0; k < d; ++k) {
    const std::vector<Index>& mode = at[static_cast<std::size_t>(k)];
    for (Index r = 0; r < d; ++r) {
      const std::vector<Index>& x = at[static_cast<std::size_t>(r)];
      double turns = 0;
      for (std::size_t a = 0; a < x.size(); ++a) {
        turns += static_cast<double>(mode[a] * x[a] % sides_[a]) / static_cast<double>(sides_[a]);
      }
      factor[k] += symmetric[r] * std::cos(2 * M_PI * turns);
    }
  }
  return factor;
}

double CleanCovariance::largest_eigenvalue(Index samples) const {
  MatrixXd half[2];
  for (std::size_t h = 0; h < 2; ++h) {
    half[h] = (sums_[h] + sums_[h].transpose()) / (2 * static_cast<double>(samples));
    half[h].diagonal().setOnes();
  }
  const MatrixXd all = (half[0] + half[1]) / 2;
  if (!symmetries_.empty()) {
    const VectorXd s0 = modes(half[0]), s1 = modes(half[1]);
    Index k0 = 0, k1 = 0;
    s0.maxCoeff(&k0);
    s1.maxCoeff(&k1);
    return (2 * ((s0 + s1) / 2).maxCoeff() + (s0[k1] + s1[k0]) / 2) / 3;
  }
  const auto axis = [](const MatrixXd& matrix) -> VectorXd {
    if (matrix.rows() <= kFullSpectrum)
      return target::symmetric_spectrum(matrix).vectors.rightCols(1);
    return target::leading_axis([&](const VectorXd& v) -> VectorXd { return matrix * v; },
                                matrix.rows());
  };
  const VectorXd v = axis(all), v0 = axis(half[0]), v1 = axis(half[1]);
  return (2 * v.dot(all * v) + (v0.dot(half[1] * v0) + v1.dot(half[0] * v1)) / 2) / 3;
}

}  // namespace symbreak::experiment::fluctuations
