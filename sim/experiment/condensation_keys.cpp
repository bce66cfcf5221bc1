#include "sim/experiment/condensation_keys.hpp"

namespace symbreak::experiment {

std::vector<deck::Key> condensation_keys() {
  using deck::Key;
  using deck::Kind;
  using deck::Role;
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
      Key{.section = "experiment",
          .name = "steps",
          .kind = Kind::integer,
          .fallback = "100",
          .text = "steps of a reverse trajectory, even in log t (second-order bridges): of a clone "
                  "down to 1e-3 t, of state = trajectory from 20 times the variance of the data",
          .minimum = 1,
          .maximum = 1e7},
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
      Key{.section = "sampling",
          .name = "walkers",
          .kind = Kind::integer,
          .fallback = "64",
          .text = "noisy states evaluated together (one batch)",
          .minimum = 1,
          .maximum = 1e6,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "blocks",
          .kind = Kind::integer,
          .fallback = "4",
          .text = "batches per work unit",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "disorder_samples",
          .kind = Kind::integer,
          .fallback = "1",
          .text = "independent datasets (synthetic data); errors come from them",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
      Key{.section = "sampling",
          .name = "replicas",
          .kind = Kind::integer,
          .fallback = "1",
          .text = "independent sets of noisy states per dataset",
          .minimum = 1,
          .maximum = 1e9,
          .role = Role::statistics},
  };
}

}  // namespace symbreak::experiment
