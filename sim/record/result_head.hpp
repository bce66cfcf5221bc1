// What all format versions of result.h5 have in common, and what reads the points of each.
// May depend on: sim/record.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "sim/record/hdf5.hpp"
#include "sim/record/record.hpp"

namespace symbreak::record {

inline constexpr int kResultVersion = 3, kOldestVersion = 1;

/// Everything but points; the group `performance` is there.
void write_head(const hdf5::Group& root, const ResultFile& content);
ResultFile read_head(const hdf5::Group& root, const std::string& path);

/// The points of a result, in plan order.
class PointSource {
 public:
  virtual ~PointSource() = default;
  virtual std::vector<std::string> ids() const = 0;
  virtual std::vector<UnitId> units(std::size_t point) = 0;  ///< finished ones, plan order
  virtual bool complete(std::size_t point) = 0;
  virtual PointRecord read(std::size_t point) = 0;
};
/// Of format version 3.
std::unique_ptr<PointSource> points_in_columns(const hdf5::Group& root);
/// Of versions 1 and 2: a group a point.
std::unique_ptr<PointSource> points_in_groups(const hdf5::Group& root, int version);

/// The parts of an estimate that have the shape of the observable.
inline const std::map<std::string, statistics::VectorXd statistics::Estimate::*> kParts = {
    {"mean", &statistics::Estimate::mean},
    {"error", &statistics::Estimate::error},
    {"dof", &statistics::Estimate::dof},
    {"error_binning", &statistics::Estimate::error_binning},
    {"error_spread", &statistics::Estimate::error_spread},
    {"tau_int", &statistics::Estimate::tau_int},
    {"tau_error", &statistics::Estimate::tau_error},
    {"ess", &statistics::Estimate::ess},
    {"r_hat", &statistics::Estimate::r_hat}};

}  // namespace symbreak::record
