// Coupling files: the same matrix in every format, and that whatever is wrong is named.
#include <hdf5.h>
#include <zlib.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "sim/data/couplings.hpp"
#include "sim/data/understood.hpp"
#include "sim/deck/parameters.hpp"
#include "tests/npy.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;
using data::Couplings;
using data::CouplingsLayout;
using data::read_couplings;

namespace {

const test::ScratchFolder& folder() {
  static const test::ScratchFolder one;
  return one;
}

Couplings read(const std::string& name, const std::string& bytes,
               const CouplingsLayout& layout = {}) {
  return read_couplings({.file = folder().write(name, bytes), .key = "target.file"}, layout);
}

std::string fault(const std::string& name, const std::string& bytes,
                  const CouplingsLayout& layout = {}) {
  try {
    read(name, bytes, layout);
  } catch (const deck::KeyError& error) {
    CHECK(error.key == "target.file");
    const std::string message = error.what(), prefix = folder().file(name) + ": ";
    CHECK(message.starts_with(prefix));
    return message.substr(prefix.size());
  }
  return "no error";
}

/// The four-spin ring with J_01 = 0.5, J_12 = -1, J_23 = 2, J_03 = 0.25.
void check_ring(const Couplings& found) {
  CHECK(found.sites == 4);
  REQUIRE(found.bonds.size() == 4);
  const double J[] = {0.5, 0.25, -1, 2};
  const int i[] = {0, 0, 1, 2}, j[] = {1, 3, 2, 3};
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(found.bonds[k].i == i[k]);
    CHECK(found.bonds[k].j == j[k]);
    CHECK(found.bonds[k].J == J[k]);
  }
}

const std::string kHead = "%%MatrixMarket matrix coordinate real symmetric\n";
const std::string kGeneral = "%%MatrixMarket matrix coordinate real general\n";

}  // namespace

TEST_CASE("The same couplings in every format and layout") {
  check_ring(read("full.csv", "0,0.5,0,0.25\n0.5,0,-1,0\n0,-1,0,2\n0.25,0,2,0\n"));
  check_ring(read("upper.csv", "0,0.5,0,0.25\n0,0,-1,0\n0,0,0,2\n0,0,0,0\n"));
  check_ring(read("lower.csv", "0 0 0 0\n0.5 0 0 0\n0 -1 0 0\n0.25 0 2 0\n"));
  check_ring(read("list.csv", "0,1,0.5\n2,1,-1\n2,3,2\n3,0,0.25\n"));
  check_ring(read("one.csv", "# from 1\n1,2,0.5\n2,3,-1\n3,4,2\n1,4,0.25\n", {.first_index = 1}));
  check_ring(
      read("both.csv", "0,1,0.5\n1,0,0.5\n2,1,-1\n1,2,-1\n2,3,2\n3,2,2\n3,0,0.25\n0,3,0.25\n"));
  check_ring(read("array.npy",
                  test::npy("4, 4", {0, .5, 0, .25, .5, 0, -1, 0, 0, -1, 0, 2, .25, 0, 2, 0})));
  check_ring(read("list.npy", test::npy("4, 3", {0, 1, .5, 1, 2, -1, 2, 3, 2, 0, 3, .25})));
  check_ring(read("ring.mtx", kHead + "% a ring\n4 4 4\n2 1 0.5\n3 2 -1\n4 3 2\n4 1 +0.25\n"));
  check_ring(read("general.mtx", kGeneral + "4 4 8\n1 2 0.5\n2 1 0.5\n2 3 -1\n3 2 -1\n3 4 2\n4 3 "
                                            "2\n1 4 0.25\n4 1 0.25\n"));
  check_ring(
      read("dense.mtx",
           "%%MatrixMarket matrix array real symmetric\n4 4\n0\n.5\n0\n.25\n0\n-1\n0\n0\n2\n0\n"));
  check_ring(
      read("dense2.mtx",
           "%%MatrixMarket matrix array real general\n4 4\n0\n.5\n0\n.25\n.5\n0\n-1\n0\n0\n-1\n"
           "0\n2\n.25\n0\n2\n0\n"));
  // HDF5.
  const std::string name = folder().file("ring.h5");
  const double values[16] = {0, .5, 0, .25, .5, 0, -1, 0, 0, -1, 0, 2, .25, 0, 2, 0};
  const hsize_t extents[2] = {4, 4};
  const hid_t file = H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(2, extents, nullptr);
  const hid_t set =
      H5Dcreate2(file, "J", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  H5Dclose(set);
  H5Sclose(space);
  H5Fclose(file);
  check_ring(read_couplings({.file = name, .key = "target.file"}, {}));
  // Rounding of a computed product is not asymmetry.
  CHECK(read("rounding.csv", "0,0.3\n0.30000000000000004,0\n").bonds.size() == 1);
  // A list may name spins without bonds; three spins as a matrix or as a list.
  CHECK(read("few.csv", "0,1,1\n", {.sites = 7}).sites == 7);
  CHECK(read("three.csv", "0,1,2\n1,0,3\n2,3,0\n").bonds.size() == 3);
  CHECK(read("three.csv", "0,1,2\n1,2,3\n2,3,4\n", {.layout = "list"}).sites == 4);
}

TEST_CASE("Bad couplings are refused with the entry named") {
  // Not symmetric, a diagonal, NaN, infinity: dense.
  CHECK(fault("a.csv", "0,1\n2,0\n") == "not symmetric: entry (0, 1) is 1, but (1, 0) is 2");
  CHECK(fault("a.csv", "0,1\n1,0.5\n") ==
        "entry (1, 1) on the diagonal is 0.5; a spin does not couple to itself, expected 0");
  CHECK(fault("a.csv", "0,nan\n1,0\n") ==
        "NaN at row 0, column 1; expected finite numbers (line 1, column 3)");
  CHECK(fault("a.csv", "0,1\ninf,0\n").starts_with("infinity"));
  CHECK(fault("a.csv", "0,1,2,3\n1,0,4,5\n") ==
        "2 x 4 numbers; a coupling matrix is square, a list of bonds has rows of i, j, J");
  CHECK(fault("a.csv", "0,1,2\n1,0\n") == "line 2 has 2 numbers; expected 3 as in line 1");
  CHECK(fault("a.csv", "0,1\n1,0\n", {.layout = "list"}) ==
        "2 columns; a list of bonds has three: i, j, J (an unweighted graph: add a third column of "
        "J)");
  CHECK(fault("a.csv", "0,1\n1,0\n", {.triangle = "one"}) ==
        "entries (0, 1) = 1 and (1, 0) = 1 are the same bond; expected one of them");
  CHECK(fault("a.csv", "0,1\n0,0\n", {.triangle = "both"}) ==
        "not symmetric: entry (0, 1) is 1, but (1, 0) is 0");
  CHECK(fault("a.npy", test::npy("2, 2, 1", {0, 1, 1, 0})).starts_with("shape 2 x 2 x 1"));
  CHECK(fault("a.npy", test::npy("200000, 200000", {0, 1})).find("200000 x 200000") !=
        std::string::npos);

  // Lists.
  CHECK(fault("b.csv", "0,1,1\n1,2,3\n0,1,1\n3,2,1\n") == "entry (0, 1) is given twice, 1 and 1");
  CHECK(fault("b.csv", "0,1,1\n1,0,2\n2,1,3\n1,2,3\n") ==
        "not symmetric: entry (0, 1) is 1, but (1, 0) is 2");
  CHECK(fault("b.csv", "0,1,1\n1,0,1\n2,1,3\n2,3,3\n") ==
        "not symmetric: entry (2, 1) is 3, but (1, 2) is missing");
  CHECK(fault("b.csv", "0,1,1\n2,2,3\n") ==
        "entry (2, 2) on the diagonal is 3; a spin does not couple to itself, expected 0");
  CHECK(fault("b.csv", "0,1,1\n1,5,3\n", {.sites = 5}) ==
        "row 1: index 5 is out of range; target.sites is 5, counted from 0");
  CHECK(fault("b.csv", "0,1,1\n1,2,3\n", {.first_index = 1}) ==
        "row 0: index 0; the first one is 1 (target.first_index)");
  CHECK(fault("b.csv", "0,1.5,1\n1,2,3\n") == "row 0: index 1.5; expected an integer");
  CHECK(fault("b.csv", "0,1e14,1\n1,2,3\n").find("the limit is") != std::string::npos);
  CHECK(fault("b.csv", "0,-1,1\n1,2,3\n").find("index -1") != std::string::npos);

  // MatrixMarket.
  CHECK(fault("c.mtx", "").find("is empty") != std::string::npos);
  CHECK(fault("c.mtx", "1 2 3\n").starts_with("line 1: expected '%%MatrixMarket"));
  CHECK(fault("c.mtx", "%%MatrixMarket matrix coordinate complex general\n2 2 0\n")
            .starts_with("line 1: expected"));
  CHECK(fault("c.mtx", kHead) == "ends before the line of sizes");
  CHECK(fault("c.mtx", kHead + "3 x 1\n") == "line 2: expected rows, columns and entries");
  CHECK(fault("c.mtx", kHead + "3 4 1\n1 2 1\n") == "line 2: 3 x 4; a coupling matrix is square");
  CHECK(fault("c.mtx", kHead + "3 3 2\n2 1 1\n") == "ends after 1 of 2 entries");
  CHECK(fault("c.mtx", kHead + "3 3 1\n2 1 1\n3 1 1\n") ==
        "line 4: more than the 1 entries declared");
  CHECK(fault("c.mtx", kHead + "3 3 1\n4 1 1\n") ==
        "line 3: entry (4, 1) is outside of the 3 x 3 matrix");
  CHECK(fault("c.mtx", kHead + "3 3 1\n0 1 1\n") ==
        "line 3: entry (0, 1) is outside of the 3 x 3 matrix");
  CHECK(fault("c.mtx", kHead + "3 3 1\n2 1 nan\n") ==
        "line 3: entry (2, 1) is nan; expected a finite number");
  CHECK(fault("c.mtx", kHead + "3 3 1\n2 1 x\n") == "line 3: expected row, column and a number");
  CHECK(fault("c.mtx", kHead + "3 3 1\n2 2 1\n").starts_with("entry (2, 2) on the diagonal is 1"));
  CHECK(fault("c.mtx", kHead + "3 3 2\n2 1 1\n2 1 3\n") == "entry (2, 1) is given twice, 1 and 3");
  CHECK(fault("c.mtx", kHead + "3 3 2\n2 1 1\n1 2 1\n") ==
        "entries (1, 2) = 1 and (2, 1) = 1 are the same bond; expected one of them");
  CHECK(fault("c.mtx", kGeneral + "3 3 2\n2 1 1\n1 2 2\n") ==
        "not symmetric: entry (1, 2) is 2, but (2, 1) is 1");
  CHECK(fault("c.mtx", kHead + "9 9 99999999999\n2 1 1\n").find("cannot hold") !=
        std::string::npos);
  CHECK(fault("c.mtx", "%%MatrixMarket matrix array real general\n9999999999 9999999999\n1\n")
            .find("cannot hold") != std::string::npos);
  CHECK(fault("c.mtx", kHead + "999999999999 999999999999 1\n2 1 1\n").find("the limit is") !=
        std::string::npos);
  CHECK(read_couplings({.file = folder().write("d.txt", kHead + "2 2 1\n2 1 1\n"),
                        .key = "target.file",
                        .format = "mtx"},
                       {})
            .bonds.size() == 1);
}

TEST_CASE("MatrixMarket of every writer: pattern, capitals, compressed") {
  const auto pattern =
      read("PATTERN.MTX", "%%MatrixMarket Matrix Coordinate Pattern Symmetric\n3 3 2\n2 1\n3 2\n");
  REQUIRE(pattern.bonds.size() == 2);
  CHECK(pattern.bonds[1].J == 1);
  const std::string name = folder().file("ring.mtx.gz"),
                    text = kHead + "4 4 4\n2 1 0.5\n3 2 -1\n4 3 2\n4 1 0.25\n";
  gzFile out = gzopen(name.c_str(), "wb");
  gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
  gzclose(out);
  check_ring(read_couplings({.file = name, .key = "target.file"}, {}));
  CHECK_THAT(fault("s.mtx", "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 1\n"),
             Catch::Contains("skew-symmetric matrix, J_ij = -J_ji, gives no energy"));
  CHECK_THAT(fault("h.mtx", "%%MatrixMarket matrix coordinate complex hermitian\n2 2 0\n"),
             Catch::Contains("is complex"));
  CHECK_THAT(fault("p.mtx", "%%MatrixMarket matrix array pattern general\n2 2\n1\n"),
             Catch::Contains("a pattern has coordinates"));
}

TEST_CASE("Formats that couplings are not read from are named as such") {
  CHECK_THAT(fault("J.xyz", "something"), Catch::Contains("MatrixMarket (.mtx)"));
  const std::string idx = fault("J-ubyte", std::string("\0\0\x08\x01\0\0\0\x01q", 9));
  CHECK_THAT(idx, Catch::Contains(".mtx"));
  CHECK(idx.find("IDX") == idx.npos);
}

TEST_CASE("Edge lists: three bonds, indices from 1, dictionaries, unweighted graphs") {
  const std::string three = "0,1,0.5\n1,2,0.5\n2,0,0.5\n";
  CHECK_THAT(fault("three_bonds.csv", three), Catch::Contains("set target.layout = list"));
  CHECK(read("three_bonds.csv", three, {.layout = "list"}).bonds.size() == 3);
  // No list either: the matrix is what is wrong.
  CHECK(fault("asymmetric.csv", "0,1,0\n1,0,2\n0,3,0\n") ==
        "not symmetric: entry (1, 2) is 2, but (2, 1) is 3");
  const auto warned = [](const std::string& name) {
    const auto all = data::warnings();
    return std::any_of(all.begin(), all.end(), [&](const std::string& line) {
      return line.find(folder().file(name)) != std::string::npos;
    });
  };
  // igraph and Octave count from 1: said where nobody has index 0.
  read("from1.csv", "1,2,0.5\n2,3,1\n3,4,1\n4,5,1\n");
  CHECK(warned("from1.csv"));
  read("from1b.csv", "1,2,0.5\n2,3,1\n3,4,1\n4,5,1\n", {.first_index = 1});
  CHECK_FALSE(warned("from1b.csv"));
  read("from0.csv", "0,2,0.5\n2,3,1\n3,4,1\n4,5,1\n");
  CHECK_FALSE(warned("from0.csv"));
  CHECK_THAT(fault("nx.txt", "0 1 {'weight': 0.5}\n1 2 {'weight': 1}\n"),
             Catch::Contains("write_weighted_edgelist"));
  CHECK_THAT(fault("plain.txt", "0 1\n1 2\n2 3\n"), Catch::Contains("unweighted graph"));
  // igraph's as_data_frame, pandas.
  CHECK(
      read("frame.csv", "\"from\",\"to\",\"weight\"\n0,1,2\n1,2,3\n2,3,1\n3,0,1\n").bonds.size() ==
      4);
  CHECK(read("pandas.csv", ",source,target,weight\n0,0,1,2\n1,1,2,3\n2,2,3,1\n3,3,0,1\n")
            .bonds.size() == 4);
}
