package dev.sepconv.report;

import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.Machine;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A device of a survey, as the page speaks of it.
 *
 * @param number from 1, in the order of the survey
 * @param label the device's id; with the machine's name before it where there are several
 * @param cells by the ids of their work
 */
record Entrant(int number, String label, Machine machine, Surveyed device,
        Map<String, Cell> cells) {

    static List<Entrant> of(Survey survey) {
        List<Entrant> entrants = new ArrayList<>();
        for (Machine machine : survey.machines()) {
            for (Surveyed device : machine.devices()) {
                String label = survey.machines().size() == 1
                        ? device.id()
                        : machine.name() + " " + device.id();
                entrants.add(new Entrant(entrants.size() + 1, label, machine, device, device.cells()
                        .stream().collect(Collectors.toMap(Cell::work, Function.identity()))));
            }
        }
        return entrants;
    }

    Entrant labelled(String other) {
        return new Entrant(number, other, machine, device, cells);
    }

    /** The engine that every other device is held against. */
    boolean isCpuEngine() {
        return device.engine().equals("simd");
    }

    /** What became of it; not run if it was never begun. */
    State state(Work work) {
        Cell cell = cells.get(work.id());
        return cell == null ? State.NOT_RUN : cell.state();
    }

    /** Milliseconds of a right run from host to host; not a number where there is none. */
    double millis(Work work) {
        Cell cell = cells.get(work.id());
        return cell != null && cell.state() == State.OK && cell.endToEnd() != null
                && cell.endToEnd().medianMillis() > 0 ? cell.endToEnd().medianMillis() : Double.NaN;
    }

    boolean measured(Work work) {
        return millis(work) > 0;
    }
}
