// Curie-Weiss model, the fully connected Ising magnet: phi(y) ~ exp(K M^2/(2d)), M = sum_i y_i,
// y in {-1,1}^d, K = J/T (Ambrogioni 2024, section 5 with J = -W).
//
// exp(K M^2/2d) = E exp(xi M) over a Gaussian xi of variance K/d (Hubbard & Stratonovich), and the
// trapezoid rule for that average is exact to rounding. So the posterior *is* a finite mixture over
// nodes xi_k of independent spins in the fields xi_k + beta x_i: means, covariances and samples of
// the mixture are exact, at O(d x nodes).
#include "sim/kernel/spins/curie_weiss.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/theory/spins/curie_weiss.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/points/multinomial.hpp"
#include "sim/target/spin_system.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

namespace {

using Eigen::ArrayXd;

/// Sites of equal field, one after the other, are one row that counts as many: along the order
/// axis, where equations of state are solved, all d are.
struct Rows {
  explicit Rows(const VectorXd& site_fields) : field(site_fields.size()), count(field.size()) {
    Index rows = 0;
    for (Index i = 0; i < field.size(); ++i) {
      if (i > 0 && site_fields[i] == field[rows - 1]) {
        ++count[rows - 1];
      } else {
        field[rows] = site_fields[i];
        count[rows++] = 1;
      }
    }
    field.conservativeResize(rows);
    count.conservativeResize(rows);
  }
  /// One value a row -> one a site.
  VectorXd sites(const ArrayXd& of_rows) const {
    VectorXd result(static_cast<Index>(count.sum()));
    Index at = 0;
    for (Index row = 0; row < count.size(); ++row) {
      const auto length = static_cast<Index>(count[row]);
      result.segment(at, length).setConstant(of_rows[row]);
      at += length;
    }
    return result;
  }
  /// One value a site, summed over the sites of each row.
  ArrayXd sums(const Eigen::Ref<const VectorXd>& of_sites) const {
    ArrayXd result(count.size());
    Index at = 0;
    for (Index row = 0; row < count.size(); ++row) {
      const auto length = static_cast<Index>(count[row]);
      result[row] = of_sites.segment(at, length).sum();
      at += length;
    }
    return result;
  }

  ArrayXd field, count;
};

/// The mixture at one field: nodes that carry weight, most of them none.
struct Mixture {
  std::vector<double> xi, weight;  ///< weights sum to 1
  double log_norm = 0;             ///< log sum_y exp(K M^2/2d + field.y)
};

ArrayXd log_2cosh(const ArrayXd& u) { return u.abs() + (-2 * u.abs()).exp().log1p(); }

Mixture mixture(double K, const Rows& rows) {
  const double d = rows.count.sum();
  const auto log_weight_of_spins = [&rows](double xi) {
    return (rows.count * log_2cosh(rows.field + xi)).sum();
  };
  if (K == 0) return {{0}, {1}, log_weight_of_spins(0)};
  // Stationary points lie in |xi| <= K; the Gaussian of variance K/d is the narrowest structure.
  const double width = std::sqrt(K / d), reach = K + 12 * width, step = 0.75 * width;
  const int half = static_cast<int>(std::ceil(reach / step));
  std::vector<double> log_weight;
  double top = -INFINITY;
  for (int k = -half; k <= half; ++k) {
    const double xi = k * step;
    log_weight.push_back(-xi * xi / (2 * width * width) + log_weight_of_spins(xi));
    top = std::max(top, log_weight.back());
  }
  Mixture result;
  double sum = 0;
  for (int k = -half; k <= half; ++k) {
    const double weight = std::exp(log_weight[static_cast<std::size_t>(k + half)] - top);
    if (weight < 1e-18) continue;
    result.xi.push_back(k * step);
    result.weight.push_back(weight);
    sum += weight;
  }
  for (double& weight : result.weight) weight /= sum;
  result.log_norm = top + std::log(sum * step / (width * std::sqrt(2 * M_PI)));
  return result;
}

class CurieWeiss final : public Target, public SpinLaw {
 public:
  CurieWeiss(Index dimension, double K) : d_(dimension), K_(K) {
    clean_ = mixture(K_, Rows(VectorXd::Zero(d_)));
    second_moment_ = theory::curie_weiss_second_moment(static_cast<int>(d_), K_);
  }

  Index dimension() const override { return d_; }

  Averages averages(const States& x, const Betas& beta) const override {
    const VectorXd none = VectorXd::Constant(x.cols(), NAN);
    Averages result{MatrixXd::Zero(d_, x.cols()), VectorXd(x.cols()), none, none,
                    VectorXd(x.cols())};
    const double d = static_cast<double>(d_);
    for (Index k = 0; k < x.cols(); ++k) {
      const VectorXd field = beta[k] * x.col(k);
      const Rows rows(field);
      const Mixture parts = mixture(K_, rows);
      ArrayXd mean = ArrayXd::Zero(rows.field.size());
      double square = 0;  // <M^2>
      for (std::size_t node = 0; node < parts.xi.size(); ++node) {
        const ArrayXd m = (rows.field + parts.xi[node]).tanh();
        mean += parts.weight[node] * m;
        const double M = (rows.count * m).sum();
        square += parts.weight[node] * (M * M + (rows.count * (1 - m.square())).sum());
      }
      result.mean.col(k) = rows.sites(mean);
      result.log_partition[k] = parts.log_norm - clean_.log_norm - beta[k] * d / 2;
      result.entropy[k] = parts.log_norm - field.dot(result.mean.col(k)) - K_ * square / (2 * d);
    }
    return result;
  }

  MatrixXd mean(const States& x, const Betas& beta) const override {
    MatrixXd result(d_, x.cols());
    const auto d = static_cast<std::size_t>(d_);
    for (Index k = 0; k < x.cols(); ++k) {
      const VectorXd field = beta[k] * x.col(k);
      kernel::curie_weiss_mean(K_, {field.data(), d}, {result.col(k).data(), d});
    }
    return result;
  }

  /// C = E_xi diag(1 - tanh^2) + Cov_xi(tanh), applied without forming it.
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override {
    MatrixXd result(d_, x.cols());
    for (Index k = 0; k < x.cols(); ++k) {
      const Rows rows(beta[k] * x.col(k));
      const Mixture parts = mixture(K_, rows);
      const ArrayXd along_rows = rows.sums(v.col(k));
      ArrayXd variance = ArrayXd::Zero(rows.field.size()), mean = variance, product = variance;
      double along_mean = 0;
      for (std::size_t node = 0; node < parts.xi.size(); ++node) {
        const ArrayXd m = (rows.field + parts.xi[node]).tanh();
        const double along = (m * along_rows).sum();
        variance += parts.weight[node] * (1 - m.square());
        mean += parts.weight[node] * m;
        product += parts.weight[node] * along * m;
        along_mean += parts.weight[node] * along;
      }
      result.col(k) = beta[k] * (rows.sites(variance).cwiseProduct(v.col(k)) +
                                 rows.sites(product - along_mean * mean));
    }
    return result;
  }

  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    std::vector<double> cumulative(clean_.weight);
    for (std::size_t k = 1; k < cumulative.size(); ++k) cumulative[k] += cumulative[k - 1];
    VectorXd uniform(d_);
    for (Index k = 0; k < y.cols(); ++k) {
      const auto found = std::upper_bound(cumulative.begin(), cumulative.end() - 1,
                                          stream.uniform() * cumulative.back());
      const double xi = clean_.xi[static_cast<std::size_t>(found - cumulative.begin())];
      stream.uniforms({uniform.data(), static_cast<std::size_t>(d_)});
      y.col(k) = (uniform.array() < 1 / (1 + std::exp(-2 * xi)))
                     .select(VectorXd::Ones(d_), -VectorXd::Ones(d_));
    }
  }

  /// Copies fall on nodes multinomially, and on up spins per node and site binomially: the cost is
  /// O(d min(n, nodes)).
  CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                      random::Stream& stream) const override {
    const VectorXd field = beta * x;
    const Mixture parts = mixture(K_, Rows(field));
    const auto counts = multinomial(n, parts.weight, stream);
    CopySum result{VectorXd::Zero(d_), static_cast<double>(n) * static_cast<double>(d_)};
    for (std::size_t node = 0; node < counts.size(); ++node) {
      if (counts[node] == 0) continue;
      for (Index i = 0; i < d_; ++i) {
        const double up = 1 / (1 + std::exp(-2 * (field[i] + parts.xi[node])));
        result.sum[i] += static_cast<double>(2 * binomial(counts[node], up, stream) - counts[node]);
      }
    }
    return result;
  }

  VectorXd mean_of_target() const override { return VectorXd::Zero(d_); }
  std::optional<MatrixXd> covariance() const override {
    constexpr Index kLargest = 2048;
    if (d_ > kLargest) return std::nullopt;
    const double d = static_cast<double>(d_);
    const double correlation = d_ > 1 ? (second_moment_ - 1) / (d - 1) : 0;
    MatrixXd matrix = MatrixXd::Constant(d_, d_, correlation);
    matrix.diagonal().setOnes();
    return matrix;
  }
  MatrixXd order_axes() const override { return MatrixXd::Ones(d_, 1); }
  std::optional<double> critical_noise() const override { return second_moment_; }
  std::optional<VectorXd> magnetization_law() const override {
    const double d = static_cast<double>(d_);
    VectorXd law(d_ + 1);
    for (Index up = 0; up <= d_; ++up) {
      const double k = static_cast<double>(up), M = 2 * k - d;
      law[up] = K_ * M * M / (2 * d) - std::lgamma(k + 1) - std::lgamma(d - k + 1);
    }
    law = (law.array() - law.maxCoeff()).exp();
    return law / law.sum();
  }
  bool exchangeable() const override { return true; }
  bool even() const override { return true; }
  bool fixed_norm() const override { return true; }

  // Classes: the sign of M, up first; M = 0 counts half to each.
  Index classes() const override { return 2; }
  VectorXd class_weights() const override { return VectorXd::Constant(2, 0.5); }
  MatrixXd class_probabilities(const States& x, const Betas& beta) const override {
    MatrixXd result(2, x.cols());
    for (Index k = 0; k < x.cols(); ++k) {
      const VectorXd field = beta[k] * x.col(k);
      const Mixture parts = mixture(K_, Rows(field));
      const double up = log_weight_up(field, parts), down = log_weight_up(-field, flipped(parts));
      result(0, k) = 1 / (1 + std::exp(down - up));
      result(1, k) = 1 / (1 + std::exp(up - down));
    }
    return result;
  }
  std::vector<Index> classify(const States& y) const override {
    std::vector<Index> result;
    for (Index k = 0; k < y.cols(); ++k) {
      const double M = y.col(k).sum();  // of generated spins 0 up to rounding
      result.push_back(M > 0.5 ? 0 : M < -0.5 ? 1 : -1);
    }
    return result;
  }

  std::string describe() const override {
    return fmt::format("Curie-Weiss model of {} spins at J/T = {}", d_, K_);
  }
  std::size_t memory() const override {
    return sizeof(*this) + 2 * sizeof(double) * clean_.xi.size();
  }

  std::optional<KnownValue> known_value(Known quantity, double noise) const override {
    if (quantity != Known::class_signal || !(K_ > 1)) return std::nullopt;
    return KnownValue{theory::curie_weiss_class_signal(static_cast<int>(d_), K_, noise),
                      "G = d m*^2/(s + lambda_in), d -> infinity"};
  }

 private:
  static Mixture flipped(Mixture parts) {
    for (double& xi : parts.xi) xi = -xi;
    return parts;
  }

  /// log of sum_{M > 0} (+ half of M = 0) of exp(K M^2/2d) times the law of M of independent spins
  /// (Poisson binomial, by O(d^2) convolution), which is tilted to the heaviest node xi >= 0 so
  /// that what matters does not underflow.
  double log_weight_up(const VectorXd& field, const Mixture& parts) const {
    double tilt = 0, heaviest = -1;
    for (std::size_t node = 0; node < parts.xi.size(); ++node) {
      if (parts.xi[node] >= 0 && parts.weight[node] > heaviest) {
        heaviest = parts.weight[node];
        tilt = parts.xi[node];
      }
    }
    VectorXd law = VectorXd::Zero(d_ + 1);  // P(number of up spins)
    law[0] = 1;
    for (Index i = 0; i < d_; ++i) {
      const double up = 1 / (1 + std::exp(-2 * (field[i] + tilt)));
      const double down = 1 / (1 + std::exp(2 * (field[i] + tilt)));
      for (Index n = i + 1; n > 0; --n) law[n] = law[n] * down + law[n - 1] * up;
      law[0] *= down;
    }
    const double d = static_cast<double>(d_);
    VectorXd terms = VectorXd::Constant(d_ + 1, -INFINITY);
    for (Index n = (d_ + 1) / 2; n <= d_; ++n) {
      const double M = static_cast<double>(2 * n) - d;
      terms[n] = std::log(M > 0 ? law[n] : law[n] / 2) + K_ * M * M / (2 * d) - tilt * M;
    }
    const double top = terms.maxCoeff();
    if (top == -INFINITY) return top;
    return top + std::log((terms.array() - top).exp().sum()) +
           log_2cosh(field.array() + tilt).sum();
  }

  Index d_;
  double K_, second_moment_ = 0;
  Mixture clean_;
};

}  // namespace

TargetKind curie_weiss() {
  return {
      .name = "curie_weiss",
      .text =
          "fully connected Ising model, phi ~ exp(K M^2/2d); sigma^2 t_c = <M^2>/d (Ambrogioni "
          "2024, section 5)",
      .keys = {deck::count_key("target", "dimension", deck::required, "number of spins d", 1, 1e6),
               deck::real_key("target", "coupling", deck::required,
                              "K = J/T; the model itself orders at K = 1", 0, 1e3)},
      .make =
          [](const deck::Parameters& parameters, const random::Address&) {
            return std::make_shared<CurieWeiss>(parameters.integer("target.dimension"),
                                                parameters.real("target.coupling"));
          },
      .provides = plus({Part::spin_law})};
}

}  // namespace symbreak::target
