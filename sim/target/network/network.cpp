#include "sim/target/network/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace symbreak::target {

namespace {

/// Those whose workers run, the one asked last at the end, and how many there may be.
std::vector<const Network*> running;
std::size_t most_running = 1;

std::string shape_text(const std::vector<Index>& shape) {
  return fmt::format("{}", fmt::join(shape, " x "));
}

}  // namespace

void keep_workers(std::size_t most) { most_running = std::max(most_running, most); }

Network::Network(Settings settings, std::shared_ptr<const Target> data)
    : settings_(std::move(settings)), data_(std::move(data)) {}

Network::~Network() { stop(); }

void Network::stop() const {
  worker_.reset();
  std::erase(running, this);
}

network::Worker& Network::worker() const {
  if (worker_) {
    std::rotate(running.begin(), std::ranges::find(running, this) + 1, running.end());
    return *worker_;
  }
  while (running.size() >= most_running) running.front()->stop();
  try {
    worker_ = std::make_unique<network::Worker>(settings_.launch);
    running.push_back(this);
    check_hello(worker_->hello());
  } catch (const network::WorkerRefusal& refusal) {
    throw deck::KeyError("target.worker", refusal.what());
  }
  return *worker_;
}

void Network::refuse(const std::string& what) const {
  stop();
  throw network::WorkerRefusal(fmt::format("the worker {} {}", program(), what));
}

void Network::check_hello(const network::Hello& hello) const {
  const auto& lattice = settings_.lattice;
  if (hello.dimension() != dimension()) {
    refuse(fmt::format("takes states of shape {}, the data have {} coordinates",
                       shape_text(hello.shape), dimension()));
  }
  // One long vector is the lattice site by site.
  if (!lattice.empty() && hello.shape.size() > 1 &&
      (hello.shape.size() < lattice.size() ||
       !std::equal(lattice.rbegin(), lattice.rend(), hello.shape.rbegin()))) {
    refuse(fmt::format("takes states of shape {}, target.lattice is {}", shape_text(hello.shape),
                       shape_text(lattice)));
  }
  if (settings_.classify && hello.classes != data_->classes()) {
    refuse(fmt::format("tells {} classes apart, the data have {} (target.classify = worker)",
                       hello.classes, data_->classes()));
  }
  check_offers(hello);
  if (known_ && known_->weights != hello.weights) {
    refuse(fmt::format("has other weights than when it was first started: {}, before {}",
                       hello.weights, known_->weights));
  }
  if (!known_) known_ = hello;
}

void Network::check_offers(const network::Hello& hello) const {
  if (features_ && hello.features == 0) {
    refuse("sees no features, which experiment.space asks for ('features' of its hello)");
  }
  if (class_means_ && hello.conditional != data_->classes()) {
    refuse(fmt::format(
        "{}, and guidance asks for the clean mean of each of the {} classes of the data "
        "('conditional' of its hello)",
        hello.conditional == 0 ? "takes no class as an argument"
                               : fmt::format("takes {} classes as an argument", hello.conditional),
        data_->classes()));
  }
}

void Network::check_known() const try {
  if (known_) check_offers(*known_);
} catch (const network::WorkerRefusal& refusal) {
  throw deck::KeyError("target.worker", refusal.what());
}

void Network::will_ask_for_classes() const {
  class_means_ = true;
  check_known();
}

void Network::will_ask_for_features() const {
  features_ = true;
  check_known();
}

MatrixXd Network::class_mean(const States& x, const Betas& beta, Index label) const {
  return ask(network::Operation::conditional, x, beta.cwiseInverse(), dimension(),
             MatrixXd::Constant(1, x.cols(), static_cast<double>(label)));
}

std::string Network::begin() const {
  const network::Hello& hello = worker().hello();
  std::string text = hello.weights.empty() ? "" : "weights " + hello.weights;
  if (!hello.deterministic) text += text.empty() ? "not deterministic" : ", not deterministic";
  return text;
}

MatrixXd Network::ask(network::Operation operation, const States& x, const VectorXd& s,
                      Index numbers, const States& more) const {
  network::Worker& answering = worker();
  const network::Hello& hello = answering.hello();
  const bool noisy =
      operation != network::Operation::features && operation != network::Operation::classify;
  constexpr double kRounding = 1e-9;  // of clocks
  if (noisy && (s.minCoeff() < hello.lowest * (1 - kRounding) ||
                s.maxCoeff() > hello.highest * (1 + kRounding))) {
    throw std::runtime_error(fmt::format(
        "the worker {} knows noise levels s = {:.6g} to {:.6g}, and is asked at {:.6g}: "
        "set experiment.t_start and t_end so that sigma^2 t stays within",
        program(), hello.lowest, hello.highest,
        s.minCoeff() < hello.lowest ? s.minCoeff() : s.maxCoeff()));
  }
  MatrixXd answers(numbers, x.cols());
  for (Index first = 0; first < x.cols(); first += settings_.batch) {
    const Index n = std::min(settings_.batch, x.cols() - first);
    answering.ask(operation, x.middleCols(first, n), s.segment(first, n),
                  more.middleCols(more.cols() > 0 ? first : 0, more.cols() > 0 ? n : 0),
                  answers.middleCols(first, n));
  }
  return answers;
}

MatrixXd Network::mean(const States& x, const Betas& beta) const {
  return ask(network::Operation::mean, x, beta.cwiseInverse(), dimension());
}

MatrixXd Network::jacobian_product(const States& x, const Betas& beta, const States& v) const {
  const VectorXd s = beta.cwiseInverse();
  if (worker().hello().jacobian && !settings_.differences) {
    return ask(network::Operation::jacobian, x, s, dimension(), v);
  }
  VectorXd steps(s.size());
  for (Index k = 0; k < s.size(); ++k) steps[k] = difference_at(s[k]).step;
  return network::difference_product(
      [this](const MatrixXd& at, const VectorXd& noise) {
        return ask(network::Operation::mean, at, noise, dimension());
      },
      x, s, v, steps);
}

double Network::jacobian_error(double s) const {
  return worker().hello().jacobian && !settings_.differences ? 0 : difference_at(s).error;
}

const network::DifferenceStep& Network::difference_at(double s) const {
  // The same probes in every process, whatever was asked before: bits depend on nothing else.
  const int level = static_cast<int>(std::lround(std::log2(s) / 2));
  const auto found = differences_.find(level);
  if (found != differences_.end()) return found->second;
  constexpr Index kGroup = 4;
  const double noise =
      std::min(std::max(std::exp2(2 * level), worker().hello().lowest), worker().hello().highest);
  random::Stream stream({.seed = 0,
                         .point = static_cast<std::uint64_t>(level + 4096),
                         .purpose = random::Purpose::probe});
  const Index d = dimension();
  MatrixXd y(d, 2 * kGroup), z(d, 2 * kGroup), v(d, 2 * kGroup), others(d, kGroup);
  sample(stream, y);
  sample(stream, others);
  stream.normals({z.data(), static_cast<std::size_t>(z.size())});
  stream.normals({v.data(), static_cast<std::size_t>(v.size())});
  for (Index k = 0; k < kGroup; ++k) {
    const VectorXd along = y.col(k) - others.col(k);
    if (along.squaredNorm() > 0) v.col(k) = along;
  }
  const auto mean_of = [this](const MatrixXd& at, const VectorXd& levels) {
    return ask(network::Operation::mean, at, levels, dimension());
  };
  return differences_[level] =
             network::find_step(mean_of, y + std::sqrt(noise) * z, noise, v, kGroup);
}

MatrixXd Network::features(const States& y) const {
  return ask(network::Operation::features, y, VectorXd::Zero(y.cols()), worker().hello().features);
}

std::vector<Index> Network::classify(const States& y) const {
  if (!settings_.classify || !known_) return data_->classify(y);
  const MatrixXd found = ask(network::Operation::classify, y, VectorXd::Zero(y.cols()), 1);
  std::vector<Index> labels;
  for (const double number : found.reshaped()) {
    const bool known = number >= 0 && number < static_cast<double>(classes());
    labels.push_back(known ? static_cast<Index>(number) : -1);
  }
  return labels;
}

std::string Network::describe() const {
  return fmt::format("the network {} beside {}",
                     std::filesystem::path(program()).filename().string(), data_->describe());
}

std::size_t Network::memory() const {
  return data_->memory() +
         static_cast<std::size_t>(settings_.batch * (3 * dimension() + 1)) * sizeof(double);
}

}  // namespace symbreak::target
