#include "sim/experiment/field_scan/simulation.hpp"

#include "sim/experiment/common/batch.hpp"
#include "sim/target/spins/exact_draws.hpp"

namespace symbreak::experiment::field_scan {

namespace {

using target::Index;
using target::MatrixXd;
using target::VectorXd;

class FieldScan final : public measure::Simulation {
 public:
  FieldScan(const Setting& setting, const measure::UnitAddress& address)
      : s_(setting),
        x_(s_.fields.transpose().replicate(s_.target->dimension(), 1)),
        betas_(VectorXd::Ones(s_.fields.size())),
        chains_(target::chains(*s_.target, s_.fields.size(),
                               address.address(random::Purpose::posterior), s_.chains)) {
    // Over-dispersed starts: even replicas along the fields, odd ones at random.
    MatrixXd start = MatrixXd::Ones(x_.rows(), x_.cols());
    if (address.replica % 2 == 1) {
      random::Stream stream = address.stream(random::Purpose::start);
      s_.target->sample(stream, start);
    }
    chains_->plant(start);
  }

  std::int64_t blocks() const override { return s_.burn_in_blocks + s_.blocks; }

  void advance(measure::Recorder& recorder) override {
    const bool measures = block_++ >= s_.burn_in_blocks;
    const double n = static_cast<double>(x_.rows());
    for (Index i = 0; i < s_.per_block; ++i) {
      const auto estimate = chains_->estimate(x_, betas_, s_.sweeps);
      if (!measures) continue;
      const VectorXd m = estimate.mean.colwise().mean().transpose();
      const VectorXd square =
          chains_->draw(x_, betas_, 1).colwise().sum().array().square().transpose() / n;
      recorder.measure(observable::magnetization, span(m));
      recorder.measure(observable::magnetization_square, span(square));
    }
  }

  void save(measure::State& state) const override {
    state.integers["chains"] = chains_->save();
    state.integers["block"] = {static_cast<std::uint64_t>(block_)};
  }
  void load(const measure::State& state) override {
    chains_->load(state.integers.at("chains"));
    block_ = static_cast<std::int64_t>(state.integers.at("block")[0]);
  }

 private:
  const Setting& s_;
  MatrixXd x_;
  VectorXd betas_;
  std::unique_ptr<target::MonteCarloPosterior> chains_;
  std::int64_t block_ = 0;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<FieldScan>(setting, address);
}

}  // namespace symbreak::experiment::field_scan
