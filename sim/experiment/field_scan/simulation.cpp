#include "sim/experiment/field_scan/simulation.hpp"

#include "sim/experiment/common/unit.hpp"
#include "sim/target/spins/exact_draws.hpp"

namespace symbreak::experiment::field_scan {

namespace {

class FieldScan final : public Unit<const Setting&> {
 public:
  FieldScan(const Setting& setting, const measure::UnitAddress& address) : Unit(setting, address) {
    keep_chains("chains", *chains_);
    keep_integers("block", block_);
    // Over-dispersed starts: even replicas along the fields, odd ones at random.
    MatrixXd start = MatrixXd::Ones(x_.rows(), x_.cols());
    if (address.replica % 2 == 1) {
      random::Stream first = address.stream(Purpose::start);
      s_.target->sample(first, start);
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
      recorder.measure(observable::magnetization, estimate.mean.colwise().mean());
      recorder.measure(observable::magnetization_square,
                       chains_->draw(x_, betas_, 1).colwise().sum().array().square() / n);
    }
  }

 private:
  MatrixXd x_ = s_.fields.transpose().replicate(s_.target->dimension(), 1);
  VectorXd betas_ = VectorXd::Ones(s_.fields.size());
  std::unique_ptr<target::MonteCarloPosterior> chains_ =
      target::chains(*s_.target, s_.fields.size(), address_.address(Purpose::posterior), s_.chains);
  std::int64_t block_ = 0;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<FieldScan>(setting, address);
}

}  // namespace symbreak::experiment::field_scan
