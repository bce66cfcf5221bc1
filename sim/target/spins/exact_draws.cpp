#include "sim/target/spins/exact_draws.hpp"

namespace symbreak::target {

namespace {

constexpr Index kGroups = 8;  ///< of draws, for the error of their mean
constexpr Index kChains = 1;  ///< per walker, unless asked for

class ExactDraws final : public MonteCarloPosterior {
 public:
  ExactDraws(const Posterior& posterior, Index walkers, const random::Address& address,
             Index chains)
      : posterior_(posterior),
        walkers_(walkers),
        chains_(chains > 0 ? chains : kChains),
        stream_(address) {}

  Index chains() const override { return chains_; }

  void plant(const States&) override {}  // independent draws have no memory

  Estimate estimate(const States& x, const Betas& beta, Index sweeps) override {
    const Index d = x.rows(), draws = sweeps * chains_;
    const Index groups = std::min(kGroups, draws);
    Estimate result{MatrixXd(d, walkers_), MatrixXd(d, walkers_), VectorXd::Ones(walkers_)};
    MatrixXd means(d, groups);
    for (Index k = 0; k < walkers_; ++k) {
      VectorXd weight(groups);
      for (Index g = 0; g < groups; ++g) {
        const std::int64_t n = draws * (g + 1) / groups - draws * g / groups;
        means.col(g) = posterior_.draw_copies(x.col(k), beta[k], n, stream_).sum / n;
        weight[g] = static_cast<double>(n) / static_cast<double>(draws);
      }
      result.mean.col(k) = means * weight;
      const auto deviation = (means.colwise() - result.mean.col(k)).array().square().matrix();
      result.variance.col(k) = groups > 1
                                   ? VectorXd(deviation * weight / static_cast<double>(groups - 1))
                                   : VectorXd::Constant(d, NAN);
    }
    return result;
  }

  MatrixXd draw(const States& x, const Betas& beta, Index) override { return sums(x, beta, 1); }
  MatrixXd draw_sums(const States& x, const Betas& beta, Index) override {
    return sums(x, beta, chains_);
  }

  std::vector<std::uint64_t> save() const override { return {stream_.position()}; }
  void load(const std::vector<std::uint64_t>& state) override { stream_.seek(state.at(0)); }

 private:
  MatrixXd sums(const States& x, const Betas& beta, Index n) {
    MatrixXd y(x.rows(), walkers_);
    for (Index k = 0; k < walkers_; ++k) {
      y.col(k) = posterior_.draw_copies(x.col(k), beta[k], n, stream_).sum;
    }
    return y;
  }

  const Posterior& posterior_;
  Index walkers_, chains_;
  random::Stream stream_;
};

}  // namespace

std::unique_ptr<MonteCarloPosterior> exact_draws(const Posterior& posterior, Index walkers,
                                                 const random::Address& address, Index chains) {
  return std::make_unique<ExactDraws>(posterior, walkers, address, chains);
}

std::unique_ptr<MonteCarloPosterior> chains(const Posterior& posterior, Index walkers,
                                            const random::Address& address, Index per_walker) {
  if (auto own = posterior.monte_carlo(walkers, address, per_walker)) return own;
  if (!posterior.exact()) return nullptr;
  return exact_draws(posterior, walkers, address, per_walker);
}

}  // namespace symbreak::target
