#include "sim/target/parts.hpp"

#include <algorithm>

#include "sim/target/class_score.hpp"
#include "sim/target/clean_data.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/hierarchy/random_hierarchy.hpp"
#include "sim/target/patch/patch_score.hpp"
#include "sim/target/random_features/trained_score.hpp"
#include "sim/target/spin_system.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::target {

namespace {

struct Row {
  Part part;
  const char* text;
  bool (*in)(const Denoiser&);
};

template <class Wanted>
bool is(const Denoiser& denoiser) {
  return part<Wanted>(denoiser) != nullptr;
}

constexpr Row kRows[] = {
    {Part::denoiser, "a clean mean", [](const Denoiser&) { return true; }},
    {Part::clean_data, "clean data", is<CleanData>},
    {Part::posterior, "a posterior", is<Posterior>},
    {Part::finite_support, "explicit data points", is<FiniteSupport>},
    {Part::two_classes, "two Gaussian classes",
     [](const Denoiser& denoiser) { return two_classes(denoiser).has_value(); }},
    {Part::class_score, "the scores of its classes", is<ClassScore>},
    {Part::spin_law, "the law of a magnetization",
     [](const Denoiser& denoiser) { return magnetization_law(denoiser).has_value(); }},
    {Part::spins, "spins with couplings", is<SpinSystem>},
    {Part::lattice, "a lattice",
     [](const Denoiser& denoiser) { return !denoiser.lattice().empty(); }},
    {Part::windows, "local windows", is<PatchScore>},
    {Part::hierarchy, "a hierarchy of hidden symbols", is<RandomHierarchy>},
    {Part::levels, "energy levels", [](const Denoiser&) { return false; }},
    {Part::trained, "a training time", is<feature_flow::TrainedScore>}};

const Row& row(Part wanted) { return *std::ranges::find(kRows, wanted, &Row::part); }

}  // namespace

std::string name(Part part) { return row(part).text; }

bool provides(const Denoiser& denoiser, Part wanted) { return row(wanted).in(denoiser); }

std::vector<Part> plus(const std::vector<Part>& parts) {
  std::vector<Part> all{Part::denoiser, Part::clean_data, Part::posterior};
  all.insert(all.end(), parts.begin(), parts.end());
  return all;
}

}  // namespace symbreak::target
