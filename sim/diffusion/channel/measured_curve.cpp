#include "sim/diffusion/channel/measured_curve.hpp"

#include <algorithm>
#include <cmath>

#include "sim/random/draws.hpp"

namespace symbreak::diffusion {

namespace {

constexpr int kCurveCells = 16;
constexpr Index kPilotStates = 1024;
constexpr Index kSampledStates = 64, kPilotChains = 8, kPilotSweeps = 32, kPilotRounds = 4;

/// Lines between h(j/kCurveCells), and their integral.
class TabulatedErasure final : public theory::ChannelCurve {
 public:
  explicit TabulatedErasure(std::vector<double> h) : h_(std::move(h)) {}

  double rate(double signal) const override {
    const double place = std::clamp((1 - signal) * kCurveCells, 0.0, double{kCurveCells});
    const auto j = std::min<std::size_t>(static_cast<std::size_t>(place), kCurveCells - 1);
    const double inside = place - static_cast<double>(j);
    return h_[j] + inside * (h_[j + 1] - h_[j]);
  }
  double entropy(double signal) const override {
    const double e = 1 - signal;
    double sum = 0, before = 0;
    for (int j = 1; before < e; ++j) {
      const double next = std::min(e, static_cast<double>(j) / kCurveCells);
      sum += (next - before) * (rate(1 - before) + rate(1 - next)) / 2;
      before = next;
    }
    return sum;
  }

 private:
  std::vector<double> h_;
};

/// The nearest growing numbers: neighbours that fall are replaced by their mean.
void pool_falling(std::vector<double>& values) {
  struct Block {
    double sum;
    std::size_t count;
    double mean() const { return sum / static_cast<double>(count); }
  };
  std::vector<Block> blocks;
  for (const double value : values) {
    blocks.push_back({value, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back().sum += last.sum;
      blocks.back().count += last.count;
    }
  }
  std::size_t i = 0;
  for (const Block& block : blocks) {
    for (std::size_t k = 0; k < block.count; ++k) values[i++] = block.mean();
  }
}

}  // namespace

std::unique_ptr<theory::ChannelCurve> measured_erasure(const target::Target& target) {
  const auto masks = erasures();
  random::Stream stream = random::probe();
  const Index states = target.exact() ? kPilotStates : kSampledStates;
  MatrixXd y(target.dimension(), states), place(y.rows(), states);
  target.sample(stream, y);
  stream.uniforms({place.data(), static_cast<std::size_t>(place.size())});
  std::unique_ptr<target::MonteCarloPosterior> chains;
  if (!target.exact()) {
    chains = target.monte_carlo(2 * states, {.purpose = random::Purpose::probe}, kPilotChains);
  }
  std::vector<double> h(kCurveCells + 1);
  for (int j = kCurveCells; j > 0; --j) {
    const double e = static_cast<double>(j) / kCurveCells, signal = 1 - e;
    const MatrixXd x = (place.array() < e).select(MatrixXd::Zero(y.rows(), states), y);
    const double field = masks->field(signal);
    double& rate = h[static_cast<std::size_t>(j)];
    if (chains) {
      const VectorXd fields = VectorXd::Constant(2 * states, field);
      chains->plant(y.replicate(1, 2));
      chains->draw(x.replicate(1, 2), fields, kPilotSweeps);
      MatrixXd mean = MatrixXd::Zero(y.rows(), 2 * states);
      for (Index round = 0; round < kPilotRounds; ++round) {
        mean += chains->draw_means(x.replicate(1, 2), fields, kPilotSweeps / kPilotRounds) /
                static_cast<double>(kPilotRounds * kPilotChains);
      }
      rate = entropy_rate(*masks, x, mean.leftCols(states), mean.rightCols(states), signal);
    } else {
      rate = entropy_rate(*masks, x, target.mean(x, VectorXd::Constant(states, field)), signal);
    }
  }
  h[0] = std::clamp(2 * h[1] - h[2], 0.0, h[1]);
  pool_falling(h);
  return std::make_unique<TabulatedErasure>(std::move(h));
}

}  // namespace symbreak::diffusion
