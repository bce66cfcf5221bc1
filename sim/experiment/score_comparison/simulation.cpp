#include "sim/experiment/score_comparison/simulation.hpp"

#include <cmath>

#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::score_comparison {

namespace {

using namespace findings::score_comparison;

class Comparison final : public Unit<const Setting&> {
 public:
  Comparison(const Setting& setting, const measure::UnitAddress& address)
      : Unit(setting, address),
        planted_(stream(Purpose::planted)),
        noise_(stream(Purpose::noise)),
        probes_(stream(Purpose::projection)) {}

  void advance(measure::Recorder& recorder) override {
    const auto levels = static_cast<Index>(s_.noise.size());
    const target::Denoiser& score = *s_.model.denoiser;
    const auto& others = *s_.references;
    MatrixXd distances(levels, static_cast<Index>(kReferences));
    VectorXd loss(levels), loss_data(levels), gap(levels), antisymmetric(levels), square(levels);
    for (Index i = 0; i < levels; ++i) {
      const double s = s_.noise[static_cast<std::size_t>(i)];
      MatrixXd y(score.dimension(), s_.walkers);
      if (s_.held_out) {
        s_.model.data->sample_law(planted_, y);
      } else {
        s_.model.data->sample(planted_, y);
      }
      const MatrixXd x = y + std::sqrt(s) * normals(noise_, y.rows(), y.cols());
      const VectorXd betas = VectorXd::Constant(y.cols(), 1 / s);
      const MatrixXd clean = score.mean(x, betas);
      const double numbers = static_cast<double>(y.size());
      loss[i] = (y - clean).squaredNorm() / numbers;
      for (std::size_t r = 0; r < kReferences; ++r) {
        if (!others[r]) continue;
        const MatrixXd other = others[r]->mean(x, betas);
        const double distance = (clean - other).squaredNorm() / numbers;
        distances(i, static_cast<Index>(r)) = distance;
        if (r != kData) continue;
        loss_data[i] = (y - other).squaredNorm() / numbers;
        gap[i] = loss[i] - loss_data[i] - distance;
      }
      if (s_.curl) curl(score, x, betas, antisymmetric[i], square[i]);
    }
    recorder.measure(observable::loss, loss);
    for (std::size_t r = 0; r < kReferences; ++r) {
      if (others[r]) {
        recorder.measure(kScores[r].distance, distances.col(static_cast<Index>(r)));
      }
    }
    if (others[kData]) {
      recorder.measure(observable::loss_data, loss_data);
      recorder.measure(observable::loss_gap, gap);
    }
    if (s_.curl) {
      recorder.measure(observable::antisymmetric, antisymmetric);
      recorder.measure(observable::jacobian_square, square);
    }
  }

  void conclude(measure::Recorder& recorder) const override {
    if (s_.network == nullptr || !s_.curl) return;
    const auto levels = static_cast<Index>(s_.noise.size());
    VectorXd error(levels);
    for (Index i = 0; i < levels; ++i) {
      error[i] = s_.network->jacobian_error(s_.noise[static_cast<std::size_t>(i)]);
    }
    recorder.solved(observable::jacobian_error, error, VectorXd::Zero(levels));
  }

 private:
  /// E(u.Jv - v.Ju)^2 = |J - J^T|^2 and E|Jv|^2 = |J|^2 for independent signs u, v.
  void curl(const target::Denoiser& score, const MatrixXd& x, const VectorXd& betas,
            double& antisymmetric, double& square) {
    const auto signs = [&] {
      MatrixXd v(x.rows(), x.cols());
      probes_.uniforms({v.data(), static_cast<std::size_t>(v.size())});
      return MatrixXd(v.unaryExpr([](double u) { return u < 0.5 ? -1.0 : 1.0; }));
    };
    const MatrixXd u = signs(), v = signs();
    const MatrixXd along_u = score.jacobian_product(x, betas, u),
                   along_v = score.jacobian_product(x, betas, v);
    const Eigen::RowVectorXd crossed =
        u.cwiseProduct(along_v).colwise().sum() - v.cwiseProduct(along_u).colwise().sum();
    antisymmetric = crossed.squaredNorm() / (4 * static_cast<double>(x.size()));
    square = (along_u.squaredNorm() + along_v.squaredNorm()) / (2 * static_cast<double>(x.size()));
  }

  random::Stream &planted_, &noise_, &probes_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Comparison>(setting, address);
}

}  // namespace symbreak::experiment::score_comparison
