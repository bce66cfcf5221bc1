// Locality: what a denoiser loses that sees the noisy state within a radius of a centre only.
//
//   spins    exact posteriors, or chains where they cannot be summed (spins.cpp, sampled.cpp)
//   images   the posterior of a set of points given a window of pixels: what a local score machine
//            answers (image_windows.cpp)
//   others   networks and all whose posterior of a window nobody knows: x outside the window is that
//            of another datum (masked_input.cpp)
#include "sim/deck/optional_keys.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/experiment/locality/kinds.hpp"
#include "sim/experiment/registry.hpp"

namespace symbreak::experiment::locality {

namespace {

std::unique_ptr<measure::Experiment> make_locality(const deck::Parameters& parameters) {
  const target::TargetKind& target = target::kind(parameters.word("target.kind"));
  const bool spins = target::provides(target, target::Part::spins);
  if (!spins && target::provides(target, target::Part::finite_support)) {
    return of_images(parameters);
  }
  refuse_if(parameters.has("experiment.equivariant"), "experiment.equivariant",
            "only the windows of sets of points, images, are compared with those of other places");
  if (spins) return of_spins(parameters);
  return of_masked_input(parameters);
}

deck::Key sides_key() {
  return deck::optional_key(deck::list_of(deck::count_key(
      "experiment", "sides", "",
      "images: sides of the grid (28, 28) whose sites the coordinates are, channel after channel; "
      "not set: those of the target")));
}

}  // namespace

ExperimentKind kind() {
  const std::string section = "experiment";
  ExperimentKind kind;
  kind.name = "locality";
  kind.text =
      "spins and images denoised from windows of the noisy state: excess error and missing "
      "information against the radius, Markov length; networks with masked input";
  kind.needs = {target::Part::denoiser, target::Part::clean_data};
  kind.keys = deck::joined(
      {{deck::word_key("forward", "channel", "gaussian",
                       "gaussian noise; erase: spins are masked with probability e; flip: turned "
                       "over with probability p",
                       {"gaussian", "erase", "flip"}),
        deck::used_with("forward.channel=gaussian or forward.clock=ornstein_uhlenbeck|ddpm",
                        deck::real_key(section, "t", "0", "time, deck's clock", 0)),
        deck::used_with(
            "forward.channel=erase|flip",
            deck::used_with("forward.clock=brownian",
                            deck::real_key(section, "noise", "0", "e or p of a spin", 0, 1))),
        deck::count_key(section, "radius", "4",
                        "largest radius of a window: in bonds, of images in pixels", 0, 1000),
        deck::count_key(
            section, "site", "0",
            "the centre, from 1, row by row; 0: the middle of the chain, lattice or image", 0, 1e9),
        sides_key(),
        deck::optional_key(deck::plain_key(deck::Kind::boolean, section, "equivariant", "no",
                                           "images: also the score that does not know where its "
                                           "window is (els), from the windows of "
                                           "every place; not set: no"))},
       chain_keys(),
       {deck::sampling_key("walkers", "1024", "noisy states (one batch)", 2, 1e6),
        deck::sampling_key("blocks", "8", "batches per work unit"),
        deck::sampling_key("replicas", "8", "independent work units"),
        deck::sampling_key("disorder_samples", "1", "of a disordered target")}});
  kind.make = make_locality;
  return kind;
}

}  // namespace symbreak::experiment::locality
