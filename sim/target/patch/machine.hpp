// The machines of Kamb & Ganguli (2412.20292) made from a set of images. May depend on:
// sim/target/patch, sim/kernel.
//
//   is           ideal score: whole images                                  (memorizes)
//   es           all translates of whole images                             (equivariant)
//   ls           windows of the same location, zero padded                  (local)
//   els_valid    windows from every location that lie inside the images; x is padded circularly
//   els_wrapped  windows from every location, wrapped around the edges: commutes with translations
//   bbels        boundary-broken els, zero padded: an interior pixel answers with all windows
//                inside the images, one at depth r < P/2 of one edge with the windows at that depth
//                along that edge, a corner pixel with those of its own location
#pragma once
#include <functional>
#include <memory>

#include "sim/target/patch/patch_data.hpp"

namespace symbreak::target {

/// Which patch side is used at which noise. sides[i] while s > from[i]; the last below all of them.
struct Scales {
  std::vector<Index> sides;
  std::vector<double> from;  ///< descending noise levels s = 1/beta, one fewer than sides
  std::size_t at(double beta) const;
};

struct MachineSettings {
  std::string machine;  ///< is, es, ls, els_valid, els_wrapped, bbels
  Scales scales;
  Index side = 0;  ///< side of the generated lattice (els); 0: the images' own
  bool single_precision = true;
  /// Known::window_noise of patches of this side, where it is known.
  std::function<std::optional<double>(Index side)> window_noise{};
};

/// Reads target.{machine, patch, scales, scale_noise, side, precision}.
MachineSettings machine_settings(const deck::Parameters& parameters, bool single_precision);
std::vector<deck::Key> machine_keys(const std::string& machine);

/// Throws KeyErrors for what does not fit: even sides, sides beyond the images, schedules of the
/// wrong length, a lattice of another size than the images where locations matter.
std::shared_ptr<const Denoiser> build_machine(const MachineSettings& settings,
                                              const Images& images);

// One per file.
std::shared_ptr<const Denoiser> build_local_machine(const MachineSettings& settings,
                                                    const Images& images);
std::shared_ptr<const Denoiser> build_whole_image_machine(const MachineSettings& settings,
                                                          const Images& images);

}  // namespace symbreak::target
