// NumPy files, written down byte by byte. May depend on: the standard library.
#pragma once
#include <string>
#include <vector>

namespace symbreak::test {

/// Format 1.0, C order, little-endian; shape as Python writes it, "700, 3, 4".
template <class Real>
std::string npy(const std::string& shape, const Real* values, std::size_t count) {
  std::string header = "{'descr': '<f" + std::to_string(sizeof(Real)) +
                       "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize(118, ' ');
  header.back() = '\n';
  std::string bytes("\x93NUMPY\x01\x00\x76\x00", 10);
  bytes += header;
  return bytes.append(reinterpret_cast<const char*>(values), sizeof(Real) * count);
}
template <class Real = double>
std::string npy(const std::string& shape, const std::vector<Real>& values) {
  return npy(shape, values.data(), values.size());
}

}  // namespace symbreak::test
