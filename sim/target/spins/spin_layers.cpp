// The transfer method for spins on a lattice: which axis to go along, and the order of sites.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/kernel/spins/layered_spins.hpp"
#include "sim/target/spins/spin_oracle.hpp"

namespace symbreak::target {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Site of the lattice -> place in the stack of layers.
struct Arrangement {
  int width = 1, layers = 1;
  std::vector<Index> place;
};

Arrangement arrange(const std::vector<Index>& sides, std::size_t axis) {
  Index inner = 1, sites = 1;
  for (std::size_t a = 0; a < sides.size(); ++a) {
    sites *= sides[a];
    if (a > axis) inner *= sides[a];
  }
  const Index length = sides[axis], width = sites / length;
  Arrangement result{static_cast<int>(width), static_cast<int>(length), {}};
  for (Index site = 0; site < sites; ++site) {
    const Index layer = site / inner % length;
    const Index r = site / (inner * length) * inner + site % inner;
    result.place.push_back(layer * width + r);
  }
  return result;
}

/// visit(layer, r, layer', r', K) for every bond once.
template <class Visit>
void for_each_bond(const kernel::SpinGraph& graph, const Arrangement& arrangement,
                   const Visit& visit) {
  for (std::size_t i = 0; i < graph.sites(); ++i) {
    for (auto e = graph.first[i]; e < graph.first[i + 1]; ++e) {
      const auto entry = static_cast<std::size_t>(e);
      const auto j = static_cast<std::size_t>(graph.neighbour[entry]);
      if (j < i) continue;
      const Index a = arrangement.place[i], b = arrangement.place[j], w = arrangement.width;
      visit(static_cast<int>(a / w), static_cast<int>(a % w), static_cast<int>(b / w),
            static_cast<int>(b % w), graph.coupling[entry]);
    }
  }
}

class Layers final : public SpinOracle {
 public:
  Layers(const kernel::SpinGraph& graph, Arrangement arrangement)
      : arrangement_(std::move(arrangement)), spins_(arrangement_.width, arrangement_.layers) {
    for_each_bond(graph, arrangement_, [&](int la, int ra, int lb, int rb, double K) {
      if (la == lb) {
        spins_.bind_within(la, ra, rb, K);
      } else if (std::abs(la - lb) == 1) {
        spins_.bind_layers(std::max(la, lb), ra, K);
      } else {
        spins_.bind_layers(0, ra, K);
      }
    });
    spins_.finish();
  }

  Sums sums(const MatrixXd& field, Wanted wanted) const override {
    const MatrixXd fields = arranged(field);
    Sums result{VectorXd(field.cols()), {}, {}};
    MatrixXd mean(wanted.mean ? field.rows() : 0, field.cols());
    spins_.sums(span(fields), span(result.log_sum), span(mean));
    if (wanted.mean) result.mean = restored(mean);
    if (wanted.energy) {
      result.energy.resize(field.cols());
      spins_.energies(span(fields), span(result.energy));
    }
    return result;
  }

  MatrixXd covariance_product(const MatrixXd& field, const MatrixXd& v) const override {
    const MatrixXd fields = arranged(field), directions = arranged(v);
    MatrixXd slopes(field.rows(), field.cols());
    spins_.slopes(span(fields), span(directions), span(slopes));
    return restored(slopes);
  }

  VectorXd law_of_up_spins(const VectorXd& field) const override {
    const MatrixXd fields = arranged(field);
    const std::vector<double> law = spins_.law_of_up_spins(span(fields));
    return Eigen::Map<const VectorXd>(law.data(), static_cast<Index>(law.size()));
  }

  MatrixXd draw(const VectorXd& field, Index n, random::Stream& stream) const override {
    const MatrixXd fields = arranged(field);
    MatrixXd states(field.size(), n);
    if (closing_field_.size() != field.size() || closing_field_ != field) {
      closing_ = spins_.closing_log_weights(span(fields));
      closing_field_ = field;
    }
    spins_.draw(
        span(fields), closing_, [&](std::span<double> uniforms) { stream.uniforms(uniforms); },
        span(states));
    return restored(states);
  }

  double operations() const override { return spins_.operations(); }
  std::size_t memory() const override {
    return spins_.memory() + closing_.size() * sizeof(double) +
           arrangement_.place.size() * sizeof(Index);
  }
  std::string describe() const override {
    return fmt::format(
        "transfer vector of 2^{} entries{}", spins_.width(),
        spins_.closed() ? fmt::format(" from each of 2^{} closing layers", spins_.width()) : "");
  }

 private:
  MatrixXd arranged(const MatrixXd& x) const {
    MatrixXd result(x.rows(), x.cols());
    for (Index i = 0; i < x.rows(); ++i) {
      result.row(arrangement_.place[static_cast<std::size_t>(i)]) = x.row(i);
    }
    return result;
  }
  MatrixXd restored(const MatrixXd& x) const {
    MatrixXd result(x.rows(), x.cols());
    for (Index i = 0; i < x.rows(); ++i) {
      result.row(i) = x.row(arrangement_.place[static_cast<std::size_t>(i)]);
    }
    return result;
  }

  Arrangement arrangement_;
  kernel::LayeredSpins spins_;
  mutable VectorXd closing_field_;       // the field that closing_ belongs to
  mutable std::vector<double> closing_;  // kept: samples of one field come in many calls
};

}  // namespace

OraclePlan plan_layers(const kernel::SpinGraph& graph, const std::vector<Index>& sides) {
  constexpr int kWidest = 16;
  constexpr double kMostEntries =
      0x1p25;  // kept by a backward pass of 8 walkers: 2 GB, slopes 4 GB
  OraclePlan best;
  for (std::size_t axis = 0; axis < sides.size(); ++axis) {
    const Arrangement arrangement = arrange(sides, axis);
    bool fits = arrangement.place.size() == graph.sites(), closed = false;
    std::vector<double> cut(static_cast<std::size_t>(arrangement.layers), 0.0);
    for_each_bond(graph, arrangement, [&](int la, int ra, int lb, int rb, double K) {
      const int apart = std::abs(la - lb);
      const bool wraps = apart > 1 && apart == arrangement.layers - 1;
      fits = fits && (la == lb || (ra == rb && (apart == 1 || wraps)));
      closed = closed || (wraps && K != 0);
      cut[static_cast<std::size_t>(std::max(la, lb))] += std::abs(K);
    });
    if (!fits || *std::max_element(cut.begin(), cut.end()) > kernel::LayeredSpins::kStrongest) {
      continue;
    }
    const double exponent = arrangement.width * (closed ? 2.0 : 1.0);
    const double operations = static_cast<double>(graph.sites()) * std::exp2(exponent);
    if (best.operations > 0 && operations >= best.operations) continue;
    best.operations = operations;
    best.text = fmt::format(
        "a transfer vector of 2^{} entries{}", arrangement.width,
        closed ? fmt::format(" from each of 2^{} closing layers", arrangement.width) : "");
    best.make = nullptr;
    if (arrangement.width <= kWidest &&
        arrangement.layers * std::exp2(arrangement.width) <= kMostEntries) {
      best.make = [graph, arrangement] { return std::make_unique<Layers>(graph, arrangement); };
    }
  }
  return best;
}

OraclePlan plan_oracle(const kernel::SpinGraph& graph, const std::vector<Index>& sides) {
  OraclePlan best = plan_layers(graph, sides);
  const auto d = static_cast<Index>(graph.sites());
  const double states = std::exp2(static_cast<double>(d));
  if (best.operations > 0 && best.operations <= states) return best;
  best = {.operations = states, .text = fmt::format("enumeration of 2^{} states", d), .make = {}};
  if (d <= kLargestEnumeration) best.make = [graph] { return enumerate_spins(graph); };
  return best;
}

}  // namespace symbreak::target
