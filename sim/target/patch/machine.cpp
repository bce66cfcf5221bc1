#include "sim/target/patch/machine.hpp"

#include "analysis/theory/patch_field.hpp"
#include "sim/deck/key_forms.hpp"

namespace symbreak::target {

std::size_t Scales::at(double beta) const {
  std::size_t i = 0;
  while (i < from.size() && !(beta * from[i] < 1)) ++i;
  return i;
}

MachineSettings machine_settings(const deck::Parameters& parameters, bool single_precision) {
  MachineSettings settings;
  settings.machine = parameters.word("target.machine");
  settings.side = parameters.integer("target.side");
  settings.single_precision = single_precision;
  for (const double side : parameters.reals("target.scales")) {
    settings.scales.sides.push_back(static_cast<Index>(side));
  }
  settings.scales.from = parameters.reals("target.scale_noise");
  const bool whole = settings.machine == "is" || settings.machine == "es";
  const bool patch = parameters.has("target.patch");
  if (settings.scales.sides.empty()) {
    if (!patch && !whole) {
      throw deck::KeyError("target.patch", "this machine needs a patch side, or `scales`");
    }
    settings.scales.sides = {patch ? parameters.integer("target.patch") : 1};
  } else if (patch) {
    throw deck::KeyError("target.patch", "give one patch side or a schedule `scales`, not both");
  }
  const std::size_t sides = settings.scales.sides.size(), levels = settings.scales.from.size();
  if (levels + 1 != sides) {
    throw deck::KeyError(
        "target.scale_noise",
        "a schedule of {} patch side{} needs {} noise level{} between them; {} given", sides,
        sides == 1 ? "" : "s", sides - 1, sides == 2 ? "" : "s", levels);
  }
  for (std::size_t i = 1; i < levels; ++i) {
    if (settings.scales.from[i] < settings.scales.from[i - 1]) continue;
    throw deck::KeyError("target.scale_noise", "noise levels must decrease, as generation does");
  }
  return settings;
}

std::vector<deck::Key> machine_keys(const std::string& machine) {
  return {
      deck::word_key("target", "machine", machine,
                     "is: whole images; es: their translates; ls: windows of the same location; "
                     "els_valid, els_wrapped: windows of all locations (inside the image, or "
                     "wrapped); bbels: els with broken boundaries",
                     {"is", "es", "ls", "els_valid", "els_wrapped", "bbels"}),
      deck::used_with(
          "machine=ls|els_valid|els_wrapped|bbels",
          deck::used_with("!scales", deck::count_key("target", "patch", "",
                                                     "side P of the patches, odd", 1, 4095))),
      deck::used_with(
          "machine=ls|els_valid|els_wrapped|bbels",
          deck::list_of(deck::count_key("target", "scales", "",
                                        "instead of `patch`: patch sides from high to low noise", 1,
                                        deck::unlimited))),
      deck::used_with("scales",
                      deck::list_of(deck::positive_key(
                          "target", "scale_noise", "",
                          "noise variances s = sigma^2 t (Brownian gauge), decreasing, at which "
                          "one of `scales` ends and the next begins"))),
      deck::count_key(
          "target", "side", "0",
          "side L of the generated lattice (els_valid, els_wrapped); 0: that of the images", 0,
          4096),
  };
}

std::shared_ptr<const Denoiser> build_machine(const MachineSettings& settings,
                                              const Images& images) {
  const bool whole = settings.machine == "is" || settings.machine == "es";
  const bool local = settings.machine.starts_with("els");
  const bool own_size =
      settings.side == 0 || (settings.side == images.height && settings.side == images.width);
  if (!local && !own_size) {
    throw deck::KeyError(
        "target.side",
        "machine {} knows locations: it generates images of the size of its data, {} x {}",
        settings.machine, images.height, images.width);
  }
  if (whole) return build_whole_image_machine(settings, images);
  const bool schedule = settings.scales.sides.size() > 1;
  for (const Index side : settings.scales.sides) {
    const Index smallest = std::min(images.height, images.width);
    check_side(schedule ? "target.scales" : "target.patch", side,
               settings.side > 0 ? std::min(settings.side, smallest) : smallest,
               settings.machine != "ls");
  }
  return build_local_machine(settings, images);
}

namespace {

std::shared_ptr<const Denoiser> make_ising_patches(const deck::Parameters& parameters,
                                                   const random::Address&) {
  MachineSettings settings = machine_settings(parameters, false);
  const Index side = parameters.integer("target.data_side"),
              count = parameters.integer("target.configurations");
  constexpr Index enumerable = 4;
  if (count == 0 && side > enumerable) {
    throw deck::KeyError("target.configurations",
                         "a {0} x {0} lattice is too large to enumerate; say how "
                         "many configurations to sample",
                         side);
  }
  const double temperature = parameters.real("target.temperature");
  settings.window_noise = [=](Index patch) -> std::optional<double> {
    if (count == 0) {
      return theory::ising_torus_window(static_cast<int>(side), static_cast<int>(patch),
                                        temperature);
    }
    if (patch != 3) return std::nullopt;
    return 1 + 4 * theory::ising_neighbour_correlation(temperature) +
           4 * theory::ising_diagonal_correlation(temperature);
  };
  return build_machine(
      settings,
      count == 0
          ? ising_configurations(side, temperature)
          : ising_samples(side, temperature, count,
                          static_cast<std::uint64_t>(parameters.integer("target.data_seed"))));
}

}  // namespace

TargetKind ising_patches() {
  return {.name = "ising_patches",
          .text =
              "patch score of the windows of a 2-D Ising magnet at temperature T: all "
              "configurations of a small torus with their exact weights, or configurations sampled "
              "by Wolff's algorithm",
          .keys = deck::joined(
              {machine_keys("els_wrapped"),
               {deck::positive_key("target", "temperature", deck::required,
                                   "T of the data (J = 1, T_c = 2.26918531)"),
                deck::count_key("target", "data_side", "4",
                                "side of the periodic lattice of the data", 3, 1024),
                deck::count_key(
                    "target", "configurations", "0",
                    "sampled configurations; 0: all of them with exact weights (data_side up to 4)",
                    0, 1e7),
                deck::used_with(
                    "configurations!=0",
                    deck::count_key(
                        "target", "data_seed", "1",
                        "seed of the sampled configurations: the dataset is part of the physics", 0,
                        deck::unlimited))}}),
          .make = make_ising_patches,
          .provides = {Part::denoiser, Part::lattice, Part::windows}};
}

TargetKind image_patches() {
  return {.name = "image_patches",
          .text =
              "patch score of the images of a file: ideal, equivariant, local, local and "
              "equivariant, or boundary-broken (Kamb & Ganguli 2024)",
          .keys = deck::joined({machine_keys("els_valid"),
                                image_keys(),
                                {deck::word_key("target", "precision", "single",
                                                "of the scores; sums are double either way",
                                                {"single", "double"})}}),
          .make =
              [](const deck::Parameters& parameters, const random::Address&) {
                const MachineSettings settings =
                    machine_settings(parameters, parameters.word("target.precision") == "single");
                return build_machine(settings, read_images(parameters));
              },
          .provides = {Part::denoiser, Part::lattice, Part::windows}};
}

}  // namespace symbreak::target
