// n copies of a target coupled through their sum: the equation of state by Monte Carlo.
//
// The self-consistency m = <y>_{x = m + h} is the n -> infinity limit of
//     p(y_1..y_n) ~ prod_a phi(y_a) e^{-beta |y_a|^2/2} exp[(beta/2n) |Y|^2 + beta h u.Y],
// Y = sum_a y_a (Ambrogioni 2024, section 3: mean-field universality). A Gaussian auxiliary field x
// decouples the copies: with e^{(beta/2n)|Y|^2} = int dx' e^{-n beta |x'|^2/2 + beta x'.Y} and
// x = x' + h u, the copies are independent posterior samples in the common field beta x, and
//     x | y ~ N(Y/n + h u, 1/(n beta)) per coordinate,   y_a | x ~ phi(y) e^{-beta|y|^2/2 + beta
//     x.y},
//     p(x) ~ exp(-n beta |x - h u|^2/2) Z(x)^n,
// whose maximum x - h u = <y>_x is the equation of state in the field h. With M the component of
// Y/n along u (u.Y/n = |u|^2 M), d<M>/dh = n beta |u|^2 (<M^2> - <M>^2): this is the susceptibility
// chi; Var(M) of one copy is lambda/|u|^2, so m = beta lambda (m + h) gives chi -> t_c/(t - t_c).
//
// Algorithm. One sweep is
//   1. candidates: `candidates` - 1 points around an auxiliary centre, drawn in the order plane,
//      and the current x are weighed with the exact marginal p(x) and one is chosen (Tjelmeland
//      2004; given the centre all of them are exchangeable, so this is a Gibbs step). The width of
//      the cloud is drawn log-uniformly between the thermal width of x and that of the target, so
//      it needs no tuning and decorrelates at every n: tau_int stays of order one where plain
//      Gibbs sampling has tau_int ~ sqrt(n). Cost: one batch of `candidates` log Z.
//   2. y | x: the sum of n posterior samples (Target::draw_copies).
//   3. x | y.
// `candidates = 1` is plain Gibbs sampling. A global flip would be exact for even targets but
// leaves every even moment untouched: not worth its cost.
#include "sim/experiment/copies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/diffusion/forward.hpp"
#include "sim/experiment/copies_analysis.hpp"
#include "sim/experiment/copies_theory.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

const std::string kOrder = "order_parameter", kAbs = "m_abs", kSecond = "m2", kFourth = "m4",
                  kComponentSecond = "component_m2", kComponentFourth = "component_m4";

std::span<const double> view(const VectorXd& v) {
  return {v.data(), static_cast<std::size_t>(v.size())};
}

struct Settings {
  double beta = 1, field = 0;
  std::int64_t copies = 1, sweeps_per_block = 1, burn_in_blocks = 0, blocks = 1;
  Index candidates = 1;
  bool coupled_everywhere = true;  ///< all coordinates, or the order plane alone
};

class Copies final : public Simulation {
 public:
  Copies(std::shared_ptr<const target::Target> target, const Settings& settings,
         const UnitAddress& address)
      : target_(std::move(target)),
        settings_(settings),
        axes_(target_->order_axes()),
        norms_(axes_.colwise().squaredNorm()),
        precision_(static_cast<double>(settings.copies) * settings.beta),
        betas_(VectorXd::Constant(settings.candidates, settings.beta)),
        states_(axes_.rows(), settings.candidates),
        coordinates_(axes_.cols(), settings.candidates),
        copies_(address.stream(random::Purpose::copies)),
        field_(address.stream(random::Purpose::field)) {
    // Over-dispersed starts, so that split R-hat sees chains that have not forgotten them: odd
    // replicas start symmetric, even ones fully ordered.
    MatrixXd start = MatrixXd::Zero(target_->dimension(), 1);
    if (address.replica % 2 == 0) {
      random::Stream stream = address.stream(random::Purpose::start);
      target_->sample(stream, start);
    }
    x_ = settings_.coupled_everywhere ? VectorXd(start) : VectorXd(axes_ * project(start));
  }

  std::int64_t blocks() const override { return settings_.burn_in_blocks + settings_.blocks; }

  void advance(Recorder& recorder) override {
    const bool measures = block_++ >= settings_.burn_in_blocks;
    for (std::int64_t i = 0; i < settings_.sweeps_per_block; ++i) {
      if (settings_.candidates > 1) choose_candidate();
      const target::Target::CopySum copies =
          target_->draw_copies(x_, settings_.beta, settings_.copies, copies_);
      const VectorXd mean = copies.sum / static_cast<double>(settings_.copies);
      const VectorXd order = project(mean);
      draw_field(mean, order);
      if (measures) measure(order, recorder);
    }
  }

  void save(State& state) const override {
    state.reals["x"] = {x_.data(), x_.data() + x_.size()};
    state.integers["streams"] = {copies_.position(), field_.position()};
    state.integers["block"] = {static_cast<std::uint64_t>(block_)};
  }
  void load(const State& state) override {
    x_ = Eigen::Map<const VectorXd>(state.reals.at("x").data(), x_.size());
    copies_.seek(state.integers.at("streams")[0]);
    field_.seek(state.integers.at("streams")[1]);
    block_ = static_cast<std::int64_t>(state.integers.at("block")[0]);
  }

 private:
  /// m_a = u_a.y/|u_a|^2.
  VectorXd project(const Eigen::Ref<const VectorXd>& y) const {
    return (axes_.transpose() * y).cwiseQuotient(norms_);
  }

  void choose_candidate() {
    const Index k = axes_.cols(), count = settings_.candidates;
    const double copies = static_cast<double>(settings_.copies);
    const VectorXd width = (precision_ * norms_.array()).rsqrt() *
                           std::pow(copies, field_.uniform() / 2);
    noise_.resize(k * count);
    field_.normals({noise_.data(), static_cast<std::size_t>(noise_.size())});
    const VectorXd current = project(x_);
    const VectorXd centre = current + width.cwiseProduct(noise_.head(k));
    states_.col(0) = x_;
    coordinates_.col(0) = current;
    for (Index j = 1; j < count; ++j) {
      coordinates_.col(j) = centre + width.cwiseProduct(noise_.segment(k * j, k));
      states_.col(j) = x_ + axes_ * (coordinates_.col(j) - current);
    }
    coordinates_.row(0).array() -= settings_.field;  // x - h u
    const VectorXd log_z = target_->posterior(states_, betas_).log_partition;
    VectorXd weight =
        (copies * log_z.array() -
         precision_ / 2 * (norms_.transpose() * coordinates_.array().square().matrix())
                              .transpose()
                              .array());
    weight = (weight.array() - weight.maxCoeff()).exp();
    double rest = field_.uniform() * weight.sum();
    Index chosen = 0;
    while (chosen + 1 < count && (rest -= weight[chosen]) > 0) ++chosen;
    x_ = states_.col(chosen);
  }

  void draw_field(const VectorXd& mean, const VectorXd& order) {
    noise_.resize(settings_.coupled_everywhere ? mean.size() : order.size());
    field_.normals({noise_.data(), static_cast<std::size_t>(noise_.size())});
    if (settings_.coupled_everywhere) {
      x_ = mean + noise_ / std::sqrt(precision_);
    } else {
      x_ = axes_ * (order + noise_.cwiseProduct((precision_ * norms_).cwiseSqrt().cwiseInverse()));
    }
    x_ += settings_.field * axes_.col(0);
  }

  void measure(const VectorXd& order, Recorder& recorder) const {
    const VectorXd squares = order.cwiseAbs2();
    const double second = squares.sum();
    recorder.measure(kOrder, view(order));
    recorder.measure(kAbs, std::sqrt(second));
    recorder.measure(kSecond, second);
    recorder.measure(kFourth, second * second);
    if (order.size() == 1) return;
    recorder.measure(kComponentSecond, view(squares));
    recorder.measure(kComponentFourth, view(squares.cwiseAbs2()));
  }

  std::shared_ptr<const target::Target> target_;
  Settings settings_;
  MatrixXd axes_;     // d x k
  VectorXd norms_;    // |u_a|^2
  double precision_;  // n beta
  VectorXd betas_;
  MatrixXd states_, coordinates_;  // workspace of choose_candidate
  VectorXd noise_;
  VectorXd x_;
  std::int64_t block_ = 0;
  random::Stream copies_, field_;
};

class CopiesExperiment final : public Experiment {
 public:
  explicit CopiesExperiment(const deck::Parameters& parameters)
      : parameters_(parameters),
        forward_(parameters),
        replicas_(parameters.integer("sampling.replicas")) {
    const double t = parameters.real("experiment.t");
    target_ = target::build(parameters, {});
    settings_.beta = forward_.beta(t);
    settings_.field = parameters.real("experiment.h");
    settings_.copies = parameters.integer("experiment.n");
    settings_.candidates = parameters.integer("experiment.candidates");
    settings_.coupled_everywhere = parameters.word("experiment.coupling") == "all";
    settings_.sweeps_per_block = parameters.integer("sampling.sweeps_per_block");
    settings_.blocks = parameters.integer("sampling.blocks");
    const double burn_in = std::ceil(parameters.real("sampling.burn_in") *
                                     std::sqrt(static_cast<double>(settings_.copies)));
    settings_.burn_in_blocks = static_cast<std::int64_t>(
        std::ceil(burn_in / static_cast<double>(settings_.sweeps_per_block)));
    if (!settings_.coupled_everywhere && !plane_is_invariant(*target_, settings_.beta)) {
      throw deck::KeyError("experiment.coupling",
                           "order_plane needs a target whose posterior mean stays in the order "
                           "plane by symmetry; here it leaves it: use coupling = all");
    }
  }

  std::vector<ObservableInfo> observables() const override {
    const Index k = target_->order_axes().cols();
    const std::string of = "of m_a = u_a.y/|u_a|^2 averaged over the n copies, u_a the order axes";
    std::vector<ObservableInfo> infos = {
        {.name = kOrder, .shape = {k}, .text = "order parameter m_a, signed; mean over copies"},
        {.name = kAbs, .text = "|m| = sqrt(sum_a m_a^2), " + of},
        {.name = kSecond, .text = "|m|^2 = sum_a m_a^2, " + of},
        {.name = kFourth, .text = "|m|^4, " + of + "; U4 = 1 - <|m|^4>/(3 <|m|^2>^2)"},
    };
    if (k > 1) {
      infos.push_back({.name = kComponentSecond, .shape = {k}, .text = "m_a^2, " + of});
      infos.push_back({.name = kComponentFourth, .shape = {k}, .text = "m_a^4, " + of});
    }
    return infos;
  }

  std::vector<verdict::Prediction> predictions() const override {
    const MatrixXd axes = target_->order_axes();
    std::vector<verdict::Prediction> all = {
        {"components", static_cast<double>(axes.cols()), "components of the order parameter"},
        {"fluctuation_factor",
         static_cast<double>(settings_.copies) * settings_.beta * axes.col(0).squaredNorm(),
         "n beta |u|^2: chi = factor Var(m)"}};
    const auto noise = target_->critical_noise();
    if (!noise) return all;
    all.push_back({"critical_time", forward_.time(*noise),
                   fmt::format("{}, score criterion, clock t",
                               target_->fixed_norm() ? "lambda_max(C)/sigma^2"
                                                     : "beta lambda_max(C_beta) = 1")});
    const std::string class_text = "mean-field universality (Ambrogioni 2024, section 3)";
    const auto law = landau(*target_);
    if (!law) return all;
    for (const auto& [quantity, value] :
         {std::pair{"exponent_beta", 0.5}, {"exponent_gamma", 1.0}, {"exponent_gamma_prime", 1.0},
          {"exponent_delta", 3.0}, {"exponent_nu_bar", 2.0}, {"exponent_beta_over_nu_bar", 0.25},
          {"amplitude_ratio", 2.0}}) {
      all.push_back({quantity, value, class_text});
    }
    all.push_back({"binder_crossing", law->binder(0),
                   fmt::format("zero-dimensional phi^4 integral, {} component{}{}",
                               law->components, law->components == 1 ? "" : "s",
                               law->isotropic() ? "" : ", anisotropic")});
    all.push_back({"critical_amplitude", law->moment(2, 0),
                   "<|m|^2> sqrt(n) at t_c: phi^4 integral with the target's quartic term"});
    if (law->isotropic()) {
      all.push_back({"landau_quadratic", law->quadratic, "|u|^2/lambda"});
      all.push_back({"landau_quartic", law->quartic[0], "quartic term of beta Ft at t_c"});
    }
    return all;
  }

  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const double sweeps = static_cast<double>(
        (settings_.burn_in_blocks + settings_.blocks) * settings_.sweeps_per_block);
    const double d = static_cast<double>(target_->dimension());
    const double points = target_->points() ? static_cast<double>(target_->points()->count) : 1;
    const double states = static_cast<double>(settings_.candidates + 1);
    const double copies = target_->points() ? 0 : static_cast<double>(settings_.copies);
    return sweeps * (1.5e-6 + states * points * (1e-8 + 1e-9 * d) + 5e-9 * d * copies);
  }
  std::size_t memory_per_unit() const override {
    const auto columns = static_cast<std::size_t>(
        (4 * settings_.candidates + 8) * target_->dimension());
    return target_->memory() + sizeof(double) * (columns + 256 * 8);
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    return std::make_unique<Copies>(target_, settings_, address);
  }

 private:
  deck::Parameters parameters_;
  diffusion::Forward forward_;
  std::int64_t replicas_;
  Settings settings_;
  std::shared_ptr<const target::Target> target_;
};

double critical_time(const deck::Parameters& parameters) {
  const auto noise = target::build(parameters, {})->critical_noise();
  if (!noise) {
    throw deck::KeyError("experiment.t",
                         "no critical time is known for this target; give numbers");
  }
  return diffusion::Forward(parameters).time(*noise);
}

deck::Parameters with(deck::Parameters parameters, const std::string& key, double number) {
  deck::Value value = parameters.all().at(key);
  value.numbers = {number};
  parameters.set(key, std::move(value));
  return parameters;
}

/// The critical isotherm: t = t_c, every field of `isotherm`, the largest n, for every other
/// combination of swept keys.
std::vector<deck::Parameters> isotherm(const std::vector<deck::Parameters>& points) {
  std::vector<deck::Parameters> extra;
  std::vector<std::uint64_t> seen;
  double largest = 1;
  for (const deck::Parameters& point : points) {
    largest = std::max(largest, static_cast<double>(point.integer("experiment.n")));
  }
  for (const deck::Parameters& point : points) {
    for (double h : point.reals("experiment.isotherm")) {
      deck::Parameters added = with(with(point, "experiment.n", largest), "experiment.h", h);
      added = with(added, "experiment.t", critical_time(added));
      if (std::find(seen.begin(), seen.end(), added.identity()) != seen.end()) continue;
      seen.push_back(added.identity());
      extra.push_back(std::move(added));
    }
  }
  return extra;
}

std::vector<deck::Key> keys() {
  using deck::Arity;
  using deck::Key;
  using deck::Kind;
  using deck::Role;
  return {
      Key{.section = "experiment",
          .name = "t",
          .text = "diffusion time in the deck's clock",
          .minimum = 0,
          .open_minimum = true,
          .critical = true},
      Key{.section = "experiment",
          .name = "n",
          .kind = Kind::integer,
          .text = "number of copies; the size of finite-size scaling",
          .minimum = 1,
          .maximum = 1e12},
      Key{.section = "experiment",
          .name = "h",
          .fallback = "0",
          .text = "field along the first order axis u, in units of the order parameter: m = "
                  "<y>_{x = (m + h) u}"},
      Key{.section = "experiment",
          .name = "isotherm",
          .fallback = "",
          .text = "fields of the critical isotherm: adds points at t = t_c, the largest n",
          .minimum = 0,
          .open_minimum = true,
          .arity = Arity::list},
      Key{.section = "experiment",
          .name = "coupling",
          .kind = Kind::word,
          .fallback = "all",
          .text = "what couples the copies: all coordinates of their sum, or its projection on the "
                  "order plane (same equation of state, cheaper and smaller corrections in n)",
          .choices = {"all", "order_plane"}},
      Key{.section = "experiment",
          .name = "candidates",
          .kind = Kind::integer,
          .fallback = "16",
          .text = "states weighed by exact log Z before each sweep; 1: plain Gibbs sampling",
          .minimum = 1,
          .maximum = 4096},
      Key{.section = "sampling",
          .name = "replicas",
          .kind = Kind::integer,
          .fallback = "2",
          .text = "independent chains per point: even ones start ordered, odd ones symmetric",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "blocks",
          .kind = Kind::integer,
          .fallback = "64",
          .text = "measured blocks per chain",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "sweeps_per_block",
          .kind = Kind::integer,
          .fallback = "1000",
          .text = "sweeps, each measured, per block",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "burn_in",
          .fallback = "10",
          .text = "discarded sweeps per chain in units of sqrt(n), the relaxation time of plain "
                  "Gibbs sampling at t_c; whether it was enough is checked by split R-hat",
          .minimum = 0,
          .role = Role::statistics},
  };
}

}  // namespace

ExperimentKind copies() {
  ExperimentKind kind;
  kind.name = "copies";
  kind.text =
      "n copies of the target coupled through their sum: critical exponents of the equation of "
      "state by Monte Carlo and finite-size scaling in n (Ambrogioni 2024, section 3)";
  kind.keys = keys();
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<CopiesExperiment>(parameters);
  };
  kind.analyse = analyse_copies;
  kind.expand = isotherm;
  kind.critical = critical_time;
  return kind;
}

}  // namespace symbreak::experiment
