#include "sim/target/hierarchy/random_hierarchy.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "sim/deck/key_forms.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::target {

namespace {

constexpr Index kLargestCovariance = 1024;  // one belief propagation per column

/// First-order dual number: a value and its derivative along one direction.
struct Dual {
  double value = 0, slope = 0;
  Dual() = default;
  Dual(double v) : value(v) {}  // NOLINT: a constant
  Dual(double v, double d) : value(v), slope(d) {}
  Dual& operator+=(const Dual& o) {
    value += o.value;
    slope += o.slope;
    return *this;
  }
  Dual& operator*=(const Dual& o) {
    slope = slope * o.value + value * o.slope;
    value *= o.value;
    return *this;
  }
  Dual& operator/=(const Dual& o) {
    value /= o.value;
    slope = (slope - value * o.slope) / o.value;
    return *this;
  }
};

double value_of(double x) { return x; }
double value_of(const Dual& x) { return x.value; }

std::vector<double> numbers(const MatrixXd& matrix) {
  return {matrix.data(), matrix.data() + matrix.size()};
}

}  // namespace

/// Messages of all layers: nodes x vocabulary, symbols contiguous.
template <class T>
struct RandomHierarchy::Messages {
  std::vector<std::vector<T>> up, down;
  double log_scale = 0;  ///< sum of the logarithms that normalisation took out
};

RandomHierarchy::RandomHierarchy(Index vocabulary, Index synonyms, Index branching, Index layers,
                                 random::Stream stream)
    : vocabulary_(vocabulary),
      synonyms_(synonyms),
      branching_(branching),
      layers_(layers),
      leaves_(1) {
  for (Index l = 0; l < layers; ++l) leaves_ *= branching;
  Index tuples = 1;
  for (Index k = 0; k < branching; ++k) tuples *= vocabulary;
  std::vector<Index> all(static_cast<std::size_t>(tuples));
  for (Index l = 0; l < layers; ++l) {
    std::iota(all.begin(), all.end(), Index{0});
    std::vector<Index> table;
    for (Index r = 0; r < vocabulary * synonyms; ++r) {
      // Fisher-Yates: the first v m of a random permutation. The bias of the product is 2^-52.
      const auto pick = r + static_cast<Index>(stream.uniform() * static_cast<double>(tuples - r));
      std::swap(all[static_cast<std::size_t>(r)], all[static_cast<std::size_t>(pick)]);
      Index tuple = all[static_cast<std::size_t>(r)];
      for (Index k = 0; k < branching; ++k) {
        table.push_back(tuple % vocabulary);
        tuple /= vocabulary;
      }
    }
    rules_.push_back(std::move(table));
  }
}

Index RandomHierarchy::nodes(Index layer) const {
  Index count = 1;
  for (Index l = 0; l < layer; ++l) count *= branching_;
  return count;
}

template <class T>
auto RandomHierarchy::upward(std::vector<T> leaves) const -> Messages<T> {
  Messages<T> messages;
  messages.up.resize(static_cast<std::size_t>(layers_) + 1);
  messages.up.back() = std::move(leaves);
  const double share = 1 / static_cast<double>(synonyms_);
  for (Index l = layers_; l-- > 0;) {
    const std::vector<T>& below = messages.up[static_cast<std::size_t>(l) + 1];
    std::vector<T> here(static_cast<std::size_t>(nodes(l) * vocabulary_));
    for (Index node = 0; node < nodes(l); ++node) {
      T* message = here.data() + node * vocabulary_;
      const T* children = below.data() + node * branching_ * vocabulary_;
      T sum = 0;
      for (Index a = 0; a < vocabulary_; ++a) {
        T total = 0;
        for (Index k = 0; k < synonyms_; ++k) {
          T product = share;
          for (Index j = 0; j < branching_; ++j) {
            product *= children[j * vocabulary_ + rule(l, a, k, j)];
          }
          total += product;
        }
        message[a] = total;
        sum += total;
      }
      messages.log_scale += std::log(value_of(sum));
      for (Index a = 0; a < vocabulary_; ++a) message[a] /= sum;
    }
    messages.up[static_cast<std::size_t>(l)] = std::move(here);
  }
  return messages;
}

template <class T>
void RandomHierarchy::downward(Messages<T>& messages) const {
  messages.down.resize(messages.up.size());
  messages.down[0].assign(static_cast<std::size_t>(vocabulary_),
                          T(1 / static_cast<double>(vocabulary_)));
  for (Index l = 0; l < layers_; ++l) {
    const std::vector<T>& above = messages.down[static_cast<std::size_t>(l)];
    const std::vector<T>& below = messages.up[static_cast<std::size_t>(l) + 1];
    std::vector<T> here(below.size(), T(0));
    for (Index node = 0; node < nodes(l); ++node) {
      const T* children = below.data() + node * branching_ * vocabulary_;
      T* messages_down = here.data() + node * branching_ * vocabulary_;
      for (Index a = 0; a < vocabulary_; ++a) {
        for (Index k = 0; k < synonyms_; ++k) {
          for (Index j = 0; j < branching_; ++j) {
            T product = above[static_cast<std::size_t>(node * vocabulary_ + a)];
            for (Index other = 0; other < branching_; ++other) {
              if (other != j) product *= children[other * vocabulary_ + rule(l, a, k, other)];
            }
            messages_down[j * vocabulary_ + rule(l, a, k, j)] += product;
          }
        }
      }
      for (Index j = 0; j < branching_; ++j) {
        T sum = 0;
        for (Index a = 0; a < vocabulary_; ++a) sum += messages_down[j * vocabulary_ + a];
        for (Index a = 0; a < vocabulary_; ++a) messages_down[j * vocabulary_ + a] /= sum;
      }
    }
    messages.down[static_cast<std::size_t>(l) + 1] = std::move(here);
  }
}

MatrixXd RandomHierarchy::likelihood(const Eigen::Ref<const VectorXd>& x, double beta) const {
  MatrixXd result(vocabulary_, leaves_);
  for (Index i = 0; i < leaves_; ++i) {
    const auto field = x.segment(i * vocabulary_, vocabulary_);
    // Bounded below, so that a state that no datum explains still has a posterior: 1e-30
    // relatively.
    result.col(i) = (beta * (field.array() - field.maxCoeff())).exp().max(1e-30);
  }
  return result;
}

std::vector<MatrixXd> RandomHierarchy::beliefs(const MatrixXd& likelihood) const {
  auto messages = upward(numbers(likelihood));
  downward(messages);
  std::vector<MatrixXd> result;
  for (std::size_t l = 0; l < messages.up.size(); ++l) {
    const Index count = nodes(static_cast<Index>(l));
    const Eigen::Map<const MatrixXd> up(messages.up[l].data(), vocabulary_, count),
        down(messages.down[l].data(), vocabulary_, count);
    MatrixXd belief = up.cwiseProduct(down);
    belief.array().rowwise() /= belief.colwise().sum().eval().array();
    result.push_back(std::move(belief));
  }
  return result;
}

Averages RandomHierarchy::averages(const States& x, const Betas& beta) const {
  const VectorXd none = VectorXd::Constant(x.cols(), NAN);
  Averages result{MatrixXd(x.rows(), x.cols()), VectorXd(x.cols()), none, none, none};
  for (Index w = 0; w < x.cols(); ++w) {
    auto messages = upward(numbers(likelihood(x.col(w), beta[w])));
    downward(messages);
    const Eigen::Map<const MatrixXd> up(messages.up.back().data(), vocabulary_, leaves_),
        down(messages.down.back().data(), vocabulary_, leaves_);
    double log_scale = messages.log_scale;
    for (Index i = 0; i < leaves_; ++i) {
      VectorXd belief = up.col(i).cwiseProduct(down.col(i));
      result.mean.col(w).segment(i * vocabulary_, vocabulary_) = belief / belief.sum();
      log_scale += beta[w] * x.col(w).segment(i * vocabulary_, vocabulary_).maxCoeff();
    }
    // The normalised root message sums to 1 and its prior is 1/v; |y|^2 = s^L.
    result.log_partition[w] = log_scale - std::log(static_cast<double>(vocabulary_)) -
                              beta[w] * static_cast<double>(leaves_) / 2;
  }
  return result;
}

MatrixXd RandomHierarchy::jacobian_product(const States& x, const Betas& beta,
                                           const States& v) const {
  MatrixXd result(x.rows(), x.cols());
  for (Index w = 0; w < x.cols(); ++w) {
    const MatrixXd leaves = likelihood(x.col(w), beta[w]);
    std::vector<Dual> dual(static_cast<std::size_t>(leaves.size()));
    for (Index i = 0; i < leaves.size(); ++i) {
      const double value = leaves.data()[i];
      dual[static_cast<std::size_t>(i)] = {value, value * beta[w] * v(i, w)};
    }
    auto messages = upward(std::move(dual));
    downward(messages);
    for (Index i = 0; i < leaves_; ++i) {
      Dual sum = 0;
      std::vector<Dual> belief(static_cast<std::size_t>(vocabulary_));
      for (Index a = 0; a < vocabulary_; ++a) {
        const auto at = static_cast<std::size_t>(i * vocabulary_ + a);
        Dual product = messages.up.back()[at];
        product *= messages.down.back()[at];
        belief[static_cast<std::size_t>(a)] = product;
        sum += product;
      }
      for (Index a = 0; a < vocabulary_; ++a) {
        Dual& here = belief[static_cast<std::size_t>(a)];
        here /= sum;
        result(i * vocabulary_ + a, w) = here.slope;
      }
    }
  }
  return result;
}

RandomHierarchy::Reading RandomHierarchy::draw(random::Stream& stream) const {
  const auto pick = [&stream](Index count) {
    return static_cast<Index>(stream.uniform() * static_cast<double>(count));
  };
  Reading reading;
  reading.symbols.push_back({pick(vocabulary_)});
  for (Index l = 0; l < layers_; ++l) {
    std::vector<Index> below;
    for (Index symbol : reading.symbols.back()) {
      const Index k = pick(synonyms_);
      for (Index j = 0; j < branching_; ++j) below.push_back(rule(l, symbol, k, j));
    }
    reading.symbols.push_back(std::move(below));
  }
  return reading;
}

VectorXd RandomHierarchy::one_hot(const std::vector<Index>& leaves) const {
  VectorXd y = VectorXd::Zero(dimension());
  for (Index i = 0; i < leaves_; ++i) {
    y[i * vocabulary_ + leaves[static_cast<std::size_t>(i)]] = 1;
  }
  return y;
}

void RandomHierarchy::sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const {
  for (Index w = 0; w < y.cols(); ++w) y.col(w) = one_hot(draw(stream).symbols.back());
}

/// Posterior samples from the root down, given the upward messages: O(n s^L m).
Posterior::CopySum RandomHierarchy::draw_copies(const Eigen::Ref<const VectorXd>& x, double beta,
                                                std::int64_t n, random::Stream& stream) const {
  const auto messages = upward(numbers(likelihood(x, beta)));
  const auto choose = [&stream](const std::vector<double>& weights) {
    double u = stream.uniform() * std::accumulate(weights.begin(), weights.end(), 0.0);
    for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
      if ((u -= weights[i]) < 0) return static_cast<Index>(i);
    }
    return static_cast<Index>(weights.size()) - 1;
  };
  CopySum result{VectorXd::Zero(dimension()), static_cast<double>(n * leaves_)};
  for (std::int64_t copy = 0; copy < n; ++copy) {
    std::vector<Index> layer{choose(messages.up.front())};
    for (Index l = 0; l < layers_; ++l) {
      const std::vector<double>& below = messages.up[static_cast<std::size_t>(l) + 1];
      std::vector<Index> next;
      for (std::size_t node = 0; node < layer.size(); ++node) {
        const double* children = below.data() + static_cast<Index>(node) * branching_ * vocabulary_;
        std::vector<double> weights(static_cast<std::size_t>(synonyms_), 1.0);
        for (Index k = 0; k < synonyms_; ++k) {
          for (Index j = 0; j < branching_; ++j) {
            weights[static_cast<std::size_t>(k)] *=
                children[j * vocabulary_ + rule(l, layer[node], k, j)];
          }
        }
        const Index k = choose(weights);
        for (Index j = 0; j < branching_; ++j) next.push_back(rule(l, layer[node], k, j));
      }
      layer = std::move(next);
    }
    result.sum += one_hot(layer);
  }
  return result;
}

VectorXd RandomHierarchy::mean_of_target() const {
  return mean(MatrixXd::Zero(dimension(), 1), VectorXd::Ones(1));
}

/// |y| is the same for all data, so that the covariance of the target is that of the posterior at
/// x = 0: the Jacobian there at beta = 1, column by column.
std::optional<MatrixXd> RandomHierarchy::covariance() const {
  const Index d = dimension();
  if (d > kLargestCovariance) return std::nullopt;
  const MatrixXd columns =
      jacobian_product(MatrixXd::Zero(d, d), VectorXd::Ones(d), MatrixXd::Identity(d, d));
  return (columns + columns.transpose()) / 2;
}

MatrixXd RandomHierarchy::order_axes() const {
  if (const auto matrix = covariance()) return leading_axes(*matrix);
  return leading_axis(
      [this](const VectorXd& v) -> VectorXd {
        return jacobian_product(MatrixXd::Zero(dimension(), 1), VectorXd::Ones(1), v);
      },
      dimension());
}

VectorXd RandomHierarchy::class_weights() const {
  return VectorXd::Constant(vocabulary_, 1 / static_cast<double>(vocabulary_));
}

MatrixXd RandomHierarchy::class_probabilities(const States& x, const Betas& beta) const {
  MatrixXd result(vocabulary_, x.cols());
  for (Index w = 0; w < x.cols(); ++w) {
    const auto root = upward(numbers(likelihood(x.col(w), beta[w]))).up.front();
    result.col(w) = Eigen::Map<const VectorXd>(root.data(), vocabulary_);
  }
  return result;
}

std::vector<Index> RandomHierarchy::classify(const States& y) const {
  constexpr double kNearlyNoiseless = 40;  // exp(-40 leaves) does not underflow after scaling
  const MatrixXd probabilities =
      class_probabilities(y, VectorXd::Constant(y.cols(), kNearlyNoiseless));
  std::vector<Index> result(static_cast<std::size_t>(y.cols()));
  for (Index w = 0; w < y.cols(); ++w) {
    probabilities.col(w).maxCoeff(&result[static_cast<std::size_t>(w)]);
  }
  return result;
}

std::string RandomHierarchy::describe() const {
  return fmt::format("random hierarchy of {} leaves, {} symbols, {} synonyms", leaves_, vocabulary_,
                     synonyms_);
}

std::size_t RandomHierarchy::memory() const {
  std::size_t bytes = 0;
  for (const auto& table : rules_) bytes += table.size() * sizeof(Index);
  const auto d = static_cast<std::size_t>(dimension());
  return bytes + 4 * d * sizeof(Dual) +
         (dimension() <= kLargestCovariance ? 2 * d * d * sizeof(double) : 0);
}

namespace {

std::shared_ptr<const Denoiser> make_random_hierarchy(const deck::Parameters& parameters,
                                                      const random::Address& address) {
  const Index v = parameters.integer("target.vocabulary"),
              m = parameters.integer("target.synonyms"), s = parameters.integer("target.branching"),
              layers = parameters.integer("target.layers");
  constexpr double kLargest = 1 << 22;
  const double tuples = std::pow(static_cast<double>(v), static_cast<double>(s));
  if (static_cast<double>(v * m) > tuples || tuples > kLargest) {
    throw deck::KeyError("target.synonyms",
                         "v m = {} rules need as many distinct tuples of the v^s = "
                         "{:.0f} (at most {:.0f})",
                         v * m, tuples, kLargest);
  }
  const double leaves = std::pow(static_cast<double>(s), static_cast<double>(layers));
  if (leaves * static_cast<double>(v) > kLargest) {
    throw deck::KeyError("target.layers", "{:.0f} leaves of {} symbols are too many", leaves, v);
  }
  return std::make_shared<RandomHierarchy>(v, m, s, layers,
                                           stream_of(address, random::Purpose::data));
}

}  // namespace

TargetKind random_hierarchy() {
  return {
      .name = "random_hierarchy",
      .text =
          "random hierarchy model: a tree of symbols with random synonymous rules, one-hot leaves, "
          "exact by belief propagation (Cagnetta et al. 2024; Sclocchi, Favero & Wyart 2024)",
      .keys = {deck::count_key("target", "vocabulary", "8",
                               "symbols v per layer; classes of the root", 2, 256),
               deck::count_key("target", "synonyms", "2",
                               "rules m per symbol; v m <= v^s distinct tuples", 1, 65536),
               deck::count_key("target", "branching", "2", "children s per node", 2, 8),
               deck::count_key("target", "layers", "3", "layers L; s^L leaves", 1, 16)},
      .make = make_random_hierarchy,
      .disordered = true,
      .provides = plus({Part::hierarchy})};
}

}  // namespace symbreak::target
