#include "sim/target/parts.hpp"

#include "sim/target/clean_data.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/hierarchy/random_hierarchy.hpp"
#include "sim/target/patch/patch_score.hpp"
#include "sim/target/spin_system.hpp"
#include "sim/target/two_classes.hpp"

namespace symbreak::target {

std::string name(Part part) {
  switch (part) {
    case Part::denoiser:
      return "a clean mean";
    case Part::clean_data:
      return "clean data";
    case Part::posterior:
      return "a posterior";
    case Part::finite_support:
      return "explicit data points";
    case Part::two_classes:
      return "two Gaussian classes";
    case Part::spin_law:
      return "the law of a magnetization";
    case Part::spins:
      return "spins with couplings";
    case Part::lattice:
      return "a lattice";
    case Part::windows:
      return "local windows";
    case Part::hierarchy:
      return "a hierarchy of hidden symbols";
    case Part::levels:
      break;
  }
  return "energy levels";
}

bool provides(const Denoiser& denoiser, Part wanted) {
  switch (wanted) {
    case Part::denoiser:
      return true;
    case Part::clean_data:
      return part<CleanData>(denoiser) != nullptr;
    case Part::posterior:
      return part<Posterior>(denoiser) != nullptr;
    case Part::finite_support:
      return part<FiniteSupport>(denoiser) != nullptr;
    case Part::two_classes:
      return two_classes(denoiser).has_value();
    case Part::spin_law:
      return magnetization_law(denoiser).has_value();
    case Part::spins:
      return part<SpinSystem>(denoiser) != nullptr;
    case Part::lattice:
      return !denoiser.lattice().empty();
    case Part::windows:
      return part<PatchScore>(denoiser) != nullptr;
    case Part::hierarchy:
      return part<RandomHierarchy>(denoiser) != nullptr;
    case Part::levels:
      break;
  }
  return false;
}

}  // namespace symbreak::target
