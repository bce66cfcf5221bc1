// Random data of two levels, drawn once and then frozen: `centres` Gaussian points, and `members`
// Gaussian points around each. The classes are the centres. With alpha_i = log(N_i)/d the noise at which
// x tells the class is s_1, at which it tells the member of a known class s_2,
//     ln(1 + v_1/(v_2 + s_1))/2 = alpha_1,   ln(1 + v_2/s_2)/2 = alpha_2:
// where s_1 > s_2 a model knows the class of a state and not the datum in between, the two stages of a
// random-energy model of two levels; else both at once, where ln(1 + (v_1 + v_2)/s)/2 = alpha_1 + alpha_2
// (analysis/theory/levels/two_levels.hpp).
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/levels/two_levels.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/centred_data.hpp"
#include "sim/target/points/finite.hpp"

namespace symbreak::target {

namespace {

struct TwoLevels {
  Index dimension, centres, members;
  double between, within;  ///< standard deviations
};

/// Points, member by member of each centre.
Eigen::MatrixXf draw_levels(const TwoLevels& law, random::Stream& stream) {
  Eigen::MatrixXf points(law.dimension, law.centres * law.members);
  VectorXd centre(law.dimension), member(law.dimension);
  const auto normals = [&](VectorXd& y) {
    stream.normals({y.data(), static_cast<std::size_t>(y.size())});
  };
  for (Index c = 0; c < law.centres; ++c) {
    normals(centre);
    for (Index j = 0; j < law.members; ++j) {
      normals(member);
      points.col(c * law.members + j) = (law.between * centre + law.within * member).cast<float>();
    }
  }
  return points;
}

std::vector<Index> labels_of(const TwoLevels& law) {
  std::vector<Index> labels;
  for (Index c = 0; c < law.centres; ++c) {
    labels.insert(labels.end(), static_cast<std::size_t>(law.members), c);
  }
  return labels;
}

class TwoLevelDataset final : public FiniteTarget, public CentredData {
 public:
  TwoLevelDataset(const TwoLevels& law, Eigen::MatrixXf points)
      : FiniteTarget(matrix_store(std::move(points)), {}, labels_of(law), law.centres), law_(law) {}

  Centres centres() const override {
    return {.log_centres = std::log(static_cast<double>(law_.centres)),
            .log_members = std::log(static_cast<double>(law_.members)),
            .between = law_.between * law_.between,
            .within = law_.within * law_.within};
  }
  /// Of new centres and new members.
  bool has_law() const override { return true; }
  void sample_law(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    MatrixXd normal(y.rows(), y.cols());
    stream.normals({normal.data(), static_cast<std::size_t>(normal.size())});
    y = std::hypot(law_.between, law_.within) * normal;
  }
  std::optional<CollapseNoise> collapse_noise() const override {
    if (law_.members < 2) return std::nullopt;
    const Centres c = centres();
    const theory::LevelNoises noises = theory::level_noises(
        {c.log_centres, c.log_members, c.between, c.within, static_cast<double>(dimension())});
    return CollapseNoise{
        .noise = noises.members,
        .law = noises.two_stages ? "members of a known class" : "classes and members together"};
  }
  std::string describe() const override {
    return fmt::format("{} centres of {} members in {} dimension{}", law_.centres, law_.members,
                       dimension(), dimension() == 1 ? "" : "s");
  }

 private:
  TwoLevels law_;
};

std::shared_ptr<const Target> make_two_levels(const deck::Parameters& parameters,
                                              const random::Address& address) {
  const TwoLevels law{static_cast<Index>(parameters.integer("target.dimension")),
                      static_cast<Index>(parameters.integer("target.centres")),
                      static_cast<Index>(parameters.integer("target.members")),
                      parameters.real("target.centre_std"), parameters.real("target.std")};
  random::Stream stream = stream_of(address, random::Purpose::data);
  return std::make_shared<TwoLevelDataset>(law, draw_levels(law, stream));
}

}  // namespace

TargetKind two_level_dataset() {
  return {.name = "two_level_dataset",
          .text =
              "N1 random centres with N2 random points around each, new ones for every disorder "
              "sample: classes are memorized before their members, or with them",
          .keys = {deck::count_key("target", "dimension", deck::required, "dimension d of the data",
                                   1, 1e7),
                   deck::count_key("target", "centres", deck::required,
                                   "number of centres N1, the classes; alpha_1 = log(N1)/d", 2),
                   deck::count_key("target", "members", deck::required,
                                   "points N2 of each; alpha_2 = log(N2)/d"),
                   deck::positive_key("target", "centre_std", "1",
                                      "standard deviation of each coordinate of the centres"),
                   deck::positive_key("target", "std", "0.3",
                                      "of each coordinate of a member, from its centre")},
          .make = make_two_levels,
          .disordered = true,
          .provides = plus({Part::finite_support, Part::class_score})};
}

}  // namespace symbreak::target
