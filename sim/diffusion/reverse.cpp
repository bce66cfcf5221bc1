#include "sim/diffusion/reverse.hpp"

#include <cmath>
#include <stdexcept>

#include "sim/deck/key_forms.hpp"
#include "sim/random/draws.hpp"

namespace symbreak::diffusion {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

struct Word {
  const char* word;
  Method method;
  bool alias = false;  ///< no choice of sampler_keys
};
constexpr Word kWords[] = {
    {"bridge", Method::bridge},
    {"bridge_heun", Method::bridge_heun},
    {"euler_maruyama", Method::euler_maruyama},
    {"ddpm", Method::ddpm},
    {"ddim", Method::ddim},
    {"ode", Method::ode},
    {"heun", Method::heun},
    {"pndm", Method::pndm},
    // Bridges to a datum that is drawn instead of averaged.
    {"bridge_sample", Method::bridge, true},
    {"transition", Method::bridge, true},
    {"auto", Method::bridge_heun, true},
};

std::vector<std::string> method_words() {
  std::vector<std::string> words;
  for (const Word& entry : kWords) {
    if (!entry.alias) words.emplace_back(entry.word);
  }
  return words;
}

MatrixXd gaussian(double deviation, random::Stream& noise, const MatrixXd& like) {
  return deviation * random::normals(noise, like.rows(), like.cols());
}

}  // namespace

Method method_named(const std::string& word) {
  for (const Word& entry : kWords) {
    if (word == entry.word) return entry.method;
  }
  throw std::invalid_argument("unknown sampler " + word);
}

int stages(Method method) {
  return method == Method::bridge_heun || method == Method::ode || method == Method::heun ? 2 : 1;
}

bool deterministic(const SamplerSetting& setting) {
  switch (setting.method) {
    case Method::ode:
    case Method::pndm:
      return true;
    case Method::ddim:
      return setting.eta == 0;
    case Method::heun:
      return setting.churn == 0;
    default:
      return false;
  }
}

void add_noise(double deviation, random::Stream& noise, MatrixXd& x) {
  if (deviation != 0) x += deviation * random::normals(noise, x.rows(), x.cols());
}

void reverse_step(const SamplerSetting& setting, const target::Denoiser& denoiser, double from,
                  double to, const MatrixXd& clean_mean, random::Stream& noise, MatrixXd& x) {
  if (to <= 0) {
    x = clean_mean;
    return;
  }
  const double kept = to / from, variance = to * (1 - kept);
  const auto at_end = [&](const MatrixXd& guess) {
    return denoiser.mean(guess, VectorXd::Constant(guess.cols(), 1 / to));
  };
  switch (setting.method) {
    case Method::euler_maruyama:
      if (setting.rounded_kick) {
        x += (from - to) / from * (clean_mean - x) + gaussian(std::sqrt(from - to), noise, x);
        return;
      }
      x += (1 - kept) * (clean_mean - x);
      add_noise(std::sqrt(from - to), noise, x);
      return;
    case Method::bridge:
    case Method::ddpm:
      x = clean_mean + kept * (x - clean_mean);
      if (setting.rounded_kick) {
        x += gaussian(std::sqrt(variance), noise, x);
      } else {
        add_noise(std::sqrt(variance), noise, x);
      }
      return;
    case Method::bridge_heun: {
      const MatrixXd kick = gaussian(std::sqrt(variance), noise, x);
      const MatrixXd guess = clean_mean + kept * (x - clean_mean) + kick;
      const MatrixXd average = (clean_mean + at_end(guess)) / 2;
      x = average + kept * (x - average) + kick;
      return;
    }
    case Method::ddim: {
      const double eta2 = setting.eta * setting.eta;
      x = clean_mean + std::sqrt((to - eta2 * variance) / from) * (x - clean_mean);
      add_noise(setting.eta * std::sqrt(variance), noise, x);
      return;
    }
    case Method::ode:
    case Method::heun: {
      const double step = std::sqrt(to) - std::sqrt(from);
      const MatrixXd slope = (x - clean_mean) / std::sqrt(from);
      const MatrixXd guess = x + step * slope;
      x += step / 2 * (slope + (guess - at_end(guess)) / std::sqrt(to));
      return;
    }
    case Method::pndm:
      throw std::logic_error("a multistep method is not one step");
  }
}

SamplerSetting sampler_setting(const deck::Parameters& parameters) {
  return {.method = method_named(parameters.word("experiment.sampler")),
          .eta = parameters.real("experiment.eta"),
          .churn = parameters.real("experiment.churn"),
          .churn_noise = parameters.real("experiment.churn_noise")};
}

std::vector<deck::Key> sampler_keys() {
  const std::string section = "experiment";
  return {
      deck::word_key(section, "sampler", "bridge",
                     "reverse SDE by Euler-Maruyama or bridges (= ancestral ddpm; both of first "
                     "order in the step; bridge_heun: second order); ddim(eta); probability flow "
                     "by Heun (ode); EDM's "
                     "heun with churn; pndm multistep",
                     method_words()),
      deck::used_with("sampler=ddim",
                      deck::real_key(section, "eta", "0",
                                     "share of ancestral noise, 0 deterministic, 1 ddpm", 0, 1)),
      deck::used_with(
          "sampler=heun",
          deck::real_key(
              section, "churn", "0",
              "S_churn, noise is raised by min(churn/steps, sqrt 2 - 1) before each step", 0, 1e6)),
      deck::used_with("churn!=0",
                      deck::real_key(section, "churn_noise", "1",
                                     "S_noise, amplitude of the noise put back", 0, 10)),
  };
}

}  // namespace symbreak::diffusion
