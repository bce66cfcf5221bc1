// Patch score of uniform +-1 patches in closed form: <phi_0>_i = tanh(h_i), h = beta W x, W the P x
// P box sum on a periodic lattice. The simplest score with local order: a ferromagnet whose
// noise-free branch bends at s_c = P^2, m = tanh(P^2 m/s) (mean field, xi = sqrt((P^2 -
// 1)/24)/sqrt(tau)).
#include <fmt/format.h>

#include "analysis/theory/patch_field.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/kernel/patch/box_sum.hpp"
#include "sim/target/patch/patch_score.hpp"

namespace symbreak::target {

namespace {

class UniformPatches final : public PatchScore {
 public:
  UniformPatches(Index side, Index patch) : PatchScore(1, side, side), side_(side), patch_(patch) {}

  Windows windows(double) const override { return {patch_, side_, side_, true}; }

  MatrixXd mean(const States& x, const Betas& beta) const override {
    MatrixXd m = boxes(x) * beta.asDiagonal();
    const std::span<double> values(m.data(), static_cast<std::size_t>(m.size()));
    kernel::tanh(values, values);
    return m;
  }
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override {
    return local_variance(x, beta).cwiseProduct(boxes(v) * beta.asDiagonal());
  }
  MatrixXd local_variance(const States& x, const Betas& beta) const override {
    return 1 - mean(x, beta).array().square();
  }
  /// All pixels of a uniform patch are one spin: Cov_i(phi_0, phi_r) = Var_i(phi_0) for every r.
  MatrixXd local_covariance(const Eigen::Ref<const VectorXd>& x, double beta) const override {
    const MatrixXd variance = local_variance(x, VectorXd::Constant(1, beta));
    return variance.transpose().replicate(patch_ * patch_, 1);
  }

  VectorXd covariance_profile(const States& x, double beta) const override {
    return VectorXd::Constant(patch_ * patch_,
                              local_variance(x, VectorXd::Constant(x.cols(), beta)).mean());
  }

  std::string describe() const override {
    return fmt::format("uniform {0} x {0} patches on a periodic {1} x {1} lattice", patch_, side_);
  }
  std::size_t memory() const override { return sizeof(*this); }

  std::optional<KnownValue> known_value(Known quantity, double) const override {
    const auto P = static_cast<int>(patch_), L = static_cast<int>(side_);
    switch (quantity) {
      case Known::window_noise:
        return KnownValue{static_cast<double>(patch_) * static_cast<double>(patch_),
                          "s_c = P^2, zero of the score Jacobian at x = 0"};
      case Known::window_mode_noise:
        if (L <= P) return std::nullopt;
        return KnownValue{theory::uniform_patch_threshold(P, L, 1),
                          "P^2 sin(Pk/2)/(P sin(k/2)) at k = (2 pi/L, 0)"};
      case Known::window_length:
        return KnownValue{theory::patch_length(P), "sqrt((P^2 - 1)/24), tau > 0"};
      default:
        return std::nullopt;
    }
  }

 private:
  MatrixXd boxes(const States& x) const {
    const MatrixXd in = x;
    MatrixXd out(in.rows(), in.cols());
    const auto size = static_cast<std::size_t>(in.size());
    const auto side = static_cast<std::size_t>(side_);
    kernel::box_sum({in.data(), size}, side, side, static_cast<std::size_t>(patch_),
                    {out.data(), size});
    return out;
  }

  Index side_, patch_;
};

}  // namespace

TargetKind uniform_patches() {
  return {.name = "uniform_patches",
          .text =
              "patch score of the two uniform +-1 patches, <phi_0> = tanh(beta W x) with W the box "
              "sum: s_c = P^2 on the noise-free branch (Kamb & Ganguli 2024; Ambrogioni 2026)",
          .keys = {deck::count_key("target", "side", deck::required,
                                   "side L of the periodic L x L lattice", 1, 4096),
                   deck::count_key("target", "patch", deck::required,
                                   "side P of the patches, odd, at most L", 1, 4095)},
          .make =
              [](const deck::Parameters& parameters, const random::Address&) {
                const Index side = parameters.integer("target.side"),
                            patch = parameters.integer("target.patch");
                check_side("target.patch", patch, side, true);
                return std::make_shared<UniformPatches>(side, patch);
              },
          .provides = {Part::denoiser, Part::lattice, Part::windows}};
}

}  // namespace symbreak::target
