#include "sim/experiment/condensation/keys.hpp"

#include "sim/deck/key_forms.hpp"

namespace symbreak::experiment {

std::vector<deck::Key> condensation_keys() {
  using deck::Key;
  using deck::Kind;
  return {
      Key{.section = "experiment",
          .name = "t",
          .kind = Kind::real,
          .text = "diffusion time in the deck's clock",
          .minimum = 0,
          .open_minimum = true,
          .critical = true},
      Key{.section = "experiment",
          .name = "state",
          .kind = Kind::word,
          .fallback = "planted",
          .text =
              "planted: x = datum + noise; unplanted: x independent of the dataset; trajectory: "
              "x along reverse trajectories of the dataset's score",
          .choices = {"planted", "unplanted", "trajectory"}},
      Key{.section = "experiment",
          .name = "losses",
          .kind = Kind::boolean,
          .fallback = "yes",
          .text = "measure denoising error and log-likelihood, planted and unplanted: doubles the "
                  "cost (the clean mean)"},
      Key{.section = "experiment",
          .name = "clones",
          .kind = Kind::word,
          .fallback = "none",
          .text = "planted: where two futures of the same x end and whether a U-turn returns, by "
                  "exact posterior draws or by reverse trajectories",
          .choices = {"none", "posterior", "reverse"}},
      deck::count_key(
          "experiment", "steps", "100",
          "steps of a reverse trajectory (second-order bridges): of a clone down to 1e-3 t, even "
          "in sqrt(t); of state = trajectory from 20 times the variance of the data, even in log t",
          1, 1e7),
      Key{.section = "experiment",
          .name = "norm",
          .kind = Kind::real,
          .fallback = "0",
          .text =
              "unplanted: x uniform on the sphere of radius norm sqrt(d); 0: fresh datum + noise",
          .minimum = 0},
      Key{.section = "experiment",
          .name = "published",
          .kind = Kind::file,
          .fallback = "",
          .text = "CSV file of lines time,value,error: published f^e/alpha to draw beside ours"},
      deck::sampling_key("walkers", "64", "noisy states evaluated together (one batch)", 1, 1e6),
      deck::sampling_key("blocks", "4", "batches per work unit"),
      deck::sampling_key("disorder_samples", "1",
                         "independent datasets (synthetic data); errors come from them"),
      deck::sampling_key("replicas", "1", "independent sets of noisy states per dataset"),
  };
}

}  // namespace symbreak::experiment
