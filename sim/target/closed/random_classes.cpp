// K = e^{alpha d} Gaussian classes with random means: the limit of many classes of guided
// generation (analysis/theory/guided_classes.hpp).
//
// quenched   K means, each coordinate N(0, centre_std^2), drawn once
// annealed   one class, of the typical |mean|^2 = d centre_std^2, and all others averaged over their
//            means: K - 1 times N(0, centre_std^2 + std^2). Exact in every d what concerns that one
//            class as long as the others are not frozen, and as cheap for e^600 classes as for two.
#include <fmt/format.h>

#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/target/closed/gaussian_mixture.hpp"
#include "sim/target/many_classes.hpp"

namespace symbreak::target {

namespace {

class RandomClasses final : public GaussianMixture, public ManyClassTarget {
 public:
  RandomClasses(MatrixXd means, VectorXd deviations, const VectorXd& weights, ManyClasses classes,
                bool annealed)
      : GaussianMixture(std::move(means), std::move(deviations), weights, false),
        all_(classes),
        annealed_(annealed) {
    half_norms_ = this->means().colwise().squaredNorm().transpose() / 2;
  }

  /// Products of matrices, where all classes have one variance.
  Averages averages(const States& x, const Betas& beta) const override {
    if (annealed_) return GaussianMixture::averages(x, beta);
    const VectorXd none = VectorXd::Constant(x.cols(), NAN);
    const VectorXd a = 1 + beta.array() * all_.within;
    VectorXd norms;
    const MatrixXd p = posterior(x, beta, &norms);
    Averages result{means() * p, VectorXd(x.cols()), none, none, none};
    const VectorXd share = all_.within * beta;
    result.mean = (result.mean + x * share.asDiagonal()) * a.cwiseInverse().asDiagonal();
    const auto d = static_cast<double>(dimension());
    for (Index k = 0; k < x.cols(); ++k) {
      const double squared = x.col(k).squaredNorm();
      result.log_partition[k] =
          norms[k] - d / 2 * std::log(a[k]) + beta[k] * squared * (1 - 1 / a[k]) / 2;
    }
    return result;
  }
  MatrixXd class_probabilities(const States& x, const Betas& beta) const override {
    return annealed_ ? GaussianMixture::class_probabilities(x, beta) : posterior(x, beta, nullptr);
  }
  std::vector<Index> classify(const States& y) const override {
    if (annealed_) return GaussianMixture::classify(y);
    MatrixXd near = means().transpose() * y;
    near.colwise() -= half_norms_;
    std::vector<Index> result(static_cast<std::size_t>(y.cols()));
    for (Index k = 0; k < y.cols(); ++k) {
      near.col(k).maxCoeff(&result[static_cast<std::size_t>(k)]);
    }
    return result;
  }

  std::optional<ManyClasses> many_classes(Index label) const override {
    if (annealed_ && label != 0) return std::nullopt;
    ManyClasses classes = all_;
    classes.own = means().col(label).squaredNorm() / static_cast<double>(dimension());
    return classes;
  }
  std::string describe() const override {
    return fmt::format("{:.4g} random classes{} in {} dimensions",
                       std::exp(all_.rate * static_cast<double>(dimension())),
                       annealed_ ? ", all but one averaged over their means," : "", dimension());
  }

 private:
  /// P(class|x), classes x walkers; log sum_c exp(log_weight_c + beta (x.mu - |mu|^2/2)/a).
  MatrixXd posterior(const States& x, const Betas& beta, VectorXd* norms) const {
    MatrixXd p = means().transpose() * x;
    p.colwise() -= half_norms_;
    p = p * (beta.array() / (1 + beta.array() * all_.within)).matrix().asDiagonal();
    if (norms != nullptr) norms->resize(x.cols());
    for (Index k = 0; k < x.cols(); ++k) {
      const double top = p.col(k).maxCoeff();
      p.col(k) = (p.col(k).array() - top).exp();
      const double sum = p.col(k).sum();
      p.col(k) /= sum;
      if (norms != nullptr) (*norms)[k] = top + std::log(sum / static_cast<double>(p.rows()));
    }
    return p;
  }

  ManyClasses all_;
  bool annealed_;
  VectorXd half_norms_;
};

std::shared_ptr<const Target> make_random_classes(const deck::Parameters& parameters,
                                                  const random::Address& address) {
  const auto d = static_cast<Index>(parameters.integer("target.dimension"));
  const double rate = parameters.real("target.rate"), std = parameters.real("target.std"),
               centre = parameters.real("target.centre_std");
  const double log_count = rate * static_cast<double>(d);
  const bool annealed = parameters.word("target.others") == "annealed";
  random::Stream stream = stream_of(address, random::Purpose::data);
  ManyClasses classes{
      .rate = rate, .within = std * std, .centres = centre * centre, .annealed = annealed};
  if (annealed) {
    constexpr double kLargest = 600;  // of a double's 709
    if (log_count > kLargest || log_count < std::log(2.0)) {
      throw deck::KeyError("target.rate", "e^(rate dimension) classes: from 2 to e^{:.0f}",
                           kLargest);
    }
    MatrixXd means = MatrixXd::Zero(d, 2);
    stream.normals({means.data(), static_cast<std::size_t>(d)});
    means.col(0) *= centre * std::sqrt(static_cast<double>(d)) / means.col(0).norm();
    return std::make_shared<RandomClasses>(
        std::move(means), Eigen::Vector2d(std, std::hypot(std, centre)),
        Eigen::Vector2d(1, std::expm1(log_count)), classes, true);
  }
  constexpr double kMost = 1e5;
  const double count = std::round(std::exp(log_count));
  if (count < 2 || count > kMost) {
    throw deck::KeyError("target.rate",
                         "e^(rate dimension) = {:.3g} classes: from 2 to {:.0g}, more of them with "
                         "others = annealed",
                         count, kMost);
  }
  const auto K = static_cast<Index>(count);
  MatrixXd means(d, K);
  stream.normals({means.data(), static_cast<std::size_t>(means.size())});
  means *= centre;
  classes.rate = std::log(count) / static_cast<double>(d);
  return std::make_shared<RandomClasses>(std::move(means), VectorXd::Constant(K, std),
                                         VectorXd::Ones(K), classes, false);
}

}  // namespace

TargetKind random_classes() {
  const std::string section = "target";
  return {.name = "random_classes",
          .text =
              "K = e^(rate dimension) Gaussian classes with random means: exponentially many "
              "classes, one of which generation may be guided to",
          .keys = {deck::count_key(section, "dimension", deck::required, "dimension d of the data",
                                   1, 1e6),
                   deck::positive_key(section, "rate", deck::required,
                                      "alpha: ln K/d of the K classes (quenched: K is rounded)"),
                   deck::positive_key(section, "std", "1",
                                      "standard deviation within each class, per coordinate"),
                   deck::positive_key(section, "centre_std", "1",
                                      "standard deviation of the classes' means, per coordinate"),
                   deck::word_key(section, "others", "quenched",
                                  "quenched: K means drawn once; annealed: the first class, with "
                                  "|mean|^2 = d centre_std^2, and the average of all others over "
                                  "their means as the second",
                                  {"quenched", "annealed"})},
          .make = make_random_classes,
          .disordered = true,
          .provides = plus({Part::class_score})};
}

}  // namespace symbreak::target
