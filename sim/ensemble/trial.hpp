// How long a deck will take, found out by trying. May depend on: POSIX.
#pragma once
#include "sim/ensemble/ensemble.hpp"

namespace symbreak::ensemble {

/// Replaces the a priori cost of every unit by one that was measured here: units of up to four
/// points, a quarter of the work each, are run for a fraction of a second in a child process, which
/// is ended after `seconds` whatever it does, or after four times as many where no two blocks ended
/// by then (one alone may be a burn-in); a point in between scales as the next dearer of
/// those. Costs stay as they were where a program of the user's belongs to the deck (`run` alone
/// starts it), and where even so none ended. Points that take more than a quarter of this
/// machine's memory are not tried.
void time_units(Plan& plan, double seconds = 1);

}  // namespace symbreak::ensemble
