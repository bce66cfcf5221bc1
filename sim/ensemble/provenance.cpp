#include <mpi.h>

#include <Eigen/Core>
#include <boost/version.hpp>

#include <fmt/format.h>

#include "sim/ensemble/ensemble.hpp"
#include "version.hpp"

namespace symbreak::ensemble {

std::map<std::string, std::string> provenance() {
  char library[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(library, &length);
  const std::string mpi(library, static_cast<std::size_t>(length));
  return {{"version", version::number},
          {"git", version::git},
          {"dirty", version::dirty ? "true" : "false"},
          {"compiler", version::compiler},
          {"flags", version::flags},
          {"mpi", mpi.substr(0, mpi.find(','))},
          {"hdf5", record::hdf5_version()},
          {"boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                                BOOST_VERSION % 100)},
          {"eigen", fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION,
                                EIGEN_MINOR_VERSION)}};
}

}  // namespace symbreak::ensemble
