#include "sim/experiment/fast_samplers/theory.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::experiment::fast_samplers {

namespace {

using diffusion::Method;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

constexpr Index kNodes = 4001;
constexpr std::size_t kMostSteps = 40;
constexpr std::size_t kMostBoundaries = 8;

double below(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

/// A piecewise constant class on the line: class[i] holds from edge[i-1] to edge[i].
struct Partition {
  std::vector<double> edges;
  std::vector<Index> labels;
  /// Probabilities of the classes under N(mean, variance).
  VectorXd under(double mean, double deviation, Index classes) const {
    VectorXd result = VectorXd::Zero(classes);
    double low = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const double high = i < edges.size() ? below((edges[i] - mean) / deviation) : 1;
      if (labels[i] >= 0) result[labels[i]] += high - low;
      low = high;
    }
    return result;
  }
};

/// Boundaries of `classify` on [-reach, reach] + centre: a scan, then bisection of all at once.
template <class Classify>
Partition partition(double centre, double reach, const Classify& classify) {
  MatrixXd x(1, kNodes);
  for (Index i = 0; i < kNodes; ++i) {
    x(0, i) = centre + reach * (2 * static_cast<double>(i) / (kNodes - 1) - 1);
  }
  const std::vector<Index> labels = classify(x);
  Partition result;
  result.labels.push_back(labels.front());
  std::vector<double> low, high;
  std::vector<Index> left;
  for (Index i = 0; i + 1 < kNodes; ++i) {
    const auto here = static_cast<std::size_t>(i);
    if (labels[here] == labels[here + 1]) continue;
    low.push_back(x(0, i));
    high.push_back(x(0, i + 1));
    left.push_back(labels[here]);
    result.labels.push_back(labels[here + 1]);
  }
  for (int step = 0; step < 50 && !low.empty(); ++step) {
    MatrixXd middle(1, static_cast<Index>(low.size()));
    for (std::size_t i = 0; i < low.size(); ++i) {
      middle(0, static_cast<Index>(i)) = (low[i] + high[i]) / 2;
    }
    const std::vector<Index> found = classify(middle);
    for (std::size_t i = 0; i < low.size(); ++i) {
      (found[i] == left[i] ? low[i] : high[i]) = middle(0, static_cast<Index>(i));
    }
  }
  result.edges = low;
  return result;
}

/// Nodes that resolve steps of any width near the class boundaries: geometric around each of them,
/// from 1e-7 of the reach on, on top of even ones.
std::vector<double> nodes_around(const std::vector<double>& boundaries, double reach) {
  constexpr double kRatio = 1.025;
  constexpr int kEven = 1500;
  std::vector<double> nodes;
  for (int i = 0; i <= kEven; ++i) nodes.push_back(reach * (2.0 * i / kEven - 1));
  for (double boundary : boundaries) {
    nodes.push_back(boundary);
    for (double distance = 1e-7 * reach; distance < 2 * reach; distance *= kRatio) {
      for (double x : {boundary - distance, boundary + distance}) {
        if (std::abs(x) < reach) nodes.push_back(x);
      }
    }
  }
  std::sort(nodes.begin(), nodes.end());
  // Clusters of other boundaries overlap: drop what is closer than both clusters need.
  std::vector<double> kept{nodes.front()};
  for (double x : nodes) {
    double scale = reach;
    for (double boundary : boundaries) scale = std::min(scale, std::abs(x - boundary));
    const double need = std::min(0.5 * (kRatio - 1) * scale, 0.5 * reach / kEven);
    if (x - kept.back() > std::max(need, 1e-8 * reach)) kept.push_back(x);
  }
  return kept;
}

/// E f(mean + deviation z) of a function that is linear between nodes and constant outside.
VectorXd average(const std::vector<double>& nodes, const MatrixXd& values, double mean,
                 double deviation) {
  const auto first = std::lower_bound(nodes.begin(), nodes.end(), mean - 8 * deviation);
  auto i = static_cast<Index>(std::max<std::ptrdiff_t>(first - nodes.begin() - 1, 0));
  const auto last = static_cast<Index>(nodes.size()) - 1;
  double low = below((nodes[static_cast<std::size_t>(i)] - mean) / deviation);
  VectorXd result = low * values.row(i).transpose();
  for (; i < last && low < 1 - 1e-15; ++i) {
    const double high = below((nodes[static_cast<std::size_t>(i) + 1] - mean) / deviation);
    result += (high - low) / 2 * (values.row(i) + values.row(i + 1)).transpose();
    low = high;
  }
  return result + (1 - low) * values.row(i).transpose();
}

/// x' = slope of the step: mean of the next state and its noise variance.
struct Step {
  double kept, noise;
};
Step one_step(const diffusion::SamplerSetting& setting, double s, double to) {
  const double variance = to * (s - to) / s;
  switch (setting.method) {
    case Method::euler_maruyama:
      return {to / s, s - to};
    case Method::ddim:
      return {std::sqrt((to - setting.eta * setting.eta * variance) / s),
              setting.eta * setting.eta * variance};
    default:
      return {to / s, variance};
  }
}

}  // namespace

std::optional<VectorXd> class_fractions(const target::Model& model,
                                        const diffusion::SamplerSetting& setting,
                                        const diffusion::Grid& grid, double mean, double variance) {
  const target::Denoiser& denoiser = *model.denoiser;
  const target::CleanData& data = *model.data;
  const Index classes = data.classes();
  const std::size_t steps = grid.steps();
  const bool map = diffusion::deterministic(setting);
  const bool chain = setting.method == Method::bridge || setting.method == Method::ddpm ||
                     setting.method == Method::ddim || setting.method == Method::euler_maruyama;
  if (denoiser.dimension() != 1 || classes < 2 || steps > kMostSteps || !(map || chain)) {
    return std::nullopt;
  }
  const double deviation = std::sqrt(variance);
  random::Stream none({});
  if (map) {
    return partition(mean, 9 * deviation,
                     [&](MatrixXd x) {
                       diffusion::Integrator(setting, grid).run(denoiser, none, x);
                       return data.classify(x);
                     })
        .under(mean, deviation, classes);
  }
  const double edge = std::sqrt((*data.covariance())(0, 0)) + std::abs(data.mean_of_target()[0]);
  const auto reach = [&](double s) { return 3 * edge + 10 * std::sqrt(s) + 1e-300; };
  const auto clean = [&](const MatrixXd& x, double s) {
    return denoiser.mean(x, VectorXd::Constant(x.cols(), 1 / s));
  };
  // Classes as a function of the state at the last level of positive noise.
  const bool ends_clean = grid.noise.back() <= 0;
  const std::size_t last = ends_clean ? steps - 1 : steps;
  const auto classes_at = [&](double s, bool of_clean) {
    return partition(0, reach(s), [&, s, of_clean](const MatrixXd& x) {
      return data.classify(of_clean ? clean(x, s) : x);
    });
  };
  const Partition end = classes_at(grid.noise[last], ends_clean);
  if (last == 0) return end.under(mean, deviation, classes);
  std::vector<double> nodes;
  MatrixXd probability;  // nodes x classes, at level k + 1
  for (std::size_t k = last; k-- > 0;) {
    const double s = grid.noise[k];
    const Step step = one_step(setting, s, grid.noise[k + 1]);
    const double spread = std::sqrt(step.noise);
    const Partition here = classes_at(s, true);
    if (here.edges.size() > kMostBoundaries) return std::nullopt;
    std::vector<double> centres = here.edges;
    centres.push_back(data.mean_of_target()[0]);
    const std::vector<double> points = nodes_around(centres, reach(s));
    const MatrixXd x =
        Eigen::Map<const Eigen::RowVectorXd>(points.data(), static_cast<Index>(points.size()));
    const MatrixXd y = clean(x, s);
    const MatrixXd centre = y + step.kept * (x - y);
    MatrixXd next(x.cols(), classes);
    for (Index i = 0; i < x.cols(); ++i) {
      next.row(i) = (probability.size() == 0 ? end.under(centre(0, i), spread, classes)
                                             : average(nodes, probability, centre(0, i), spread))
                        .transpose();
    }
    probability = std::move(next);
    nodes = points;
  }
  return average(nodes, probability, mean, deviation);
}

}  // namespace symbreak::experiment::fast_samplers
