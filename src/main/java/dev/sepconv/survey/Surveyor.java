package dev.sepconv.survey;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.Printable;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the same work on one device after the other, each in a process of its own, so that a driver
 * that crashes, hangs or takes all memory costs what it was just doing and nothing else.
 */
public final class Surveyor {

    /** A device's process is started so often. */
    private static final int MOST_STARTS = 3;
    /** What the float64 reference may take, generously: it is computed within a cell's time. */
    private static final double REFERENCE_NANOS_PER_FLOP = 2.5;

    /** For a child that is done to close its device. */
    private static final Duration GOODBYE = Duration.ofSeconds(3);

    private final Starter starter;
    private final Limits limits;
    private final double secondsPerCell;
    private final Progress progress;
    private ChildRun running;
    private boolean interrupted;
    private int cellsDone;

    /**
     * How long is waited for a word of a child.
     *
     * @param opening until an engine and a device are open, or the peaks measured
     * @param cell for one piece of work, besides what the reference takes
     */
    public record Limits(Duration opening, Duration cell) {
    }

    /**
     * What there is to be surveyed.
     *
     * @param tornadoVm its version with backends that have devices; null if there is none
     */
    public record Found(List<Device> devices, List<Engines.Missing> missing, String tornadoVm,
            List<Driver> drivers) {
    }

    /** A device's driver. */
    public record Driver(String device, String name) {
    }

    /**
     * @param secondsPerCell how long each piece of work is measured once it is warm; at most as
     * long is spent on warming up
     */
    public Surveyor(Starter starter, Limits limits, double secondsPerCell, Progress progress) {
        this.starter = starter;
        this.limits = limits;
        this.secondsPerCell = secondsPerCell;
        this.progress = progress;
    }

    /** Stops as soon as can be, from another thread: what is not done is {@link State#NOT_RUN}. */
    public synchronized void interrupt() {
        interrupted = true;
        if (running != null) {
            running.interrupt();
        }
    }

    public synchronized boolean interrupted() {
        return interrupted;
    }

    private synchronized ChildRun start(Task task) throws IOException {
        running = new ChildRun(starter, task);
        if (interrupted) {
            running.interrupt();
        }
        return running;
    }

    /**
     * Finds the devices of these engines; that too in a process of its own where there are drivers.
     */
    public Found find(List<String> engines) throws IOException {
        List<Message.Found> found = new ArrayList<>();
        List<Engines.Missing> missing = new ArrayList<>();
        for (String engine : engines) {
            try {
                found.addAll(engine.equals("tornado") ? listed(engine) : opened(engine));
            } catch (EngineException e) {
                missing.add(new Engines.Missing(engine, e.getMessage()));
            }
        }
        List<String> backends = found.stream().filter(each -> each.tornadoVm() != null)
                .map(each -> each.device().backend()).distinct().toList();
        String tornadoVm = found.stream().filter(each -> each.tornadoVm() != null).findFirst()
                .map(each -> each.tornadoVm() + " with " + String.join(", ", backends))
                .orElse(null);
        return new Found(found.stream().map(Message.Found::device).toList(), List.copyOf(missing),
                tornadoVm, found.stream().filter(each -> each.driver() != null)
                        .map(each -> new Driver(each.device().id(), each.driver())).toList());
    }

    private static List<Message.Found> opened(String name) {
        try (Engine engine = Engines.open(name)) {
            return Child.found(engine);
        }
    }

    private List<Message.Found> listed(String engine) throws IOException {
        progress.begins(engine, "looking for devices");
        try (ChildRun child = start(new Task(engine, null, false, List.of(), secondsPerCell))) {
            while (true) {
                switch (child.next(limits.opening())) {
                    case ChildRun.Told told -> {
                        if (told.message() instanceof Message.Refused refused) {
                            throw new EngineException(refused.sentence());
                        }
                        if (told.message() instanceof Message.Listed listed) {
                            child.next(GOODBYE);
                            return listed.devices();
                        }
                    }
                    case ChildRun.Ended ended -> throw new EngineException(
                            "looking for its devices failed, %s; check the drivers"
                                    .formatted(ended.sentence()));
                    case ChildRun.Silent silent -> throw new EngineException(
                            "looking for its devices took longer than %d s; check the drivers"
                                    .formatted(limits.opening().toSeconds()));
                    case ChildRun.Interrupted stop ->
                        throw new EngineException("it was not looked for: interrupted");
                }
            }
        }
    }

    /** Runs all of the work on each of the devices. */
    public List<Surveyed> survey(Found found, List<Device> devices, List<Work> work)
            throws IOException {
        List<Surveyed> surveyed = new ArrayList<>();
        cellsDone = 0;
        for (Device device : devices) {
            String driver = found.drivers().stream()
                    .filter(each -> each.device().equals(device.id())).findFirst().map(Driver::name)
                    .orElse(null);
            surveyed.add(new OneDevice(device, work).survey(driver));
            progress.ends(surveyed.getLast());
        }
        return List.copyOf(surveyed);
    }

    /** What is known of a device so far. */
    private final class OneDevice {

        private final Device device;
        private final List<Work> left;
        private final List<Cell> cells = new ArrayList<>();
        private boolean peaksWanted = true;
        private boolean opened;
        private Message.PeaksMeasured peaks;
        /** Why it goes on no more; null as long as it does. */
        private String end;
        private int starts;

        OneDevice(Device device, List<Work> work) {
            this.device = device;
            this.left = new ArrayList<>(work);
        }

        Surveyed survey(String driver) throws IOException {
            while (!left.isEmpty() && end == null && !interrupted()) {
                attempt();
            }
            String why = end != null ? "not run: " + end : "not run: interrupted";
            for (Work each : left) {
                cells.add(Measurement.without(each, State.NOT_RUN, why));
                progress.done(++cellsDone);
            }
            State state = end != null ? State.FAILED : opened ? State.OK : State.NOT_RUN;
            return new Surveyed(device.engine(), device.id(), device.name(), device.backend(),
                    device.kind(), device.memoryBytes(), driver,
                    peaks == null ? null : peaks.gflops(),
                    peaks == null ? null : peaks.gigabytesPerSecond(), state,
                    end != null
                            ? end
                            : state == State.NOT_RUN ? "interrupted before it was begun" : null,
                    List.copyOf(cells));
        }

        /** One process, as far as it goes. */
        private void attempt() throws IOException {
            starts++;
            progress.begins(device.id(), "opening");
            try (ChildRun child = start(
                    new Task(device.engine(), device.id(), peaksWanted, left, secondsPerCell))) {
                Work current = null;
                while (!left.isEmpty() && end == null) {
                    Duration limit = current == null ? limits.opening() : limit(current);
                    switch (child.next(limit)) {
                        case ChildRun.Told told -> current = told(told.message(), current);
                        case ChildRun.Ended ended -> {
                            lost(current, ended.outOfMemory() ? State.OUT_OF_MEMORY : State.FAILED,
                                    ended.sentence());
                            return;
                        }
                        case ChildRun.Silent silent -> {
                            lost(current, State.TIMED_OUT,
                                    "it took longer than %d s and was stopped"
                                            .formatted(limit.toSeconds()));
                            return;
                        }
                        case ChildRun.Interrupted stop -> {
                            return;
                        }
                    }
                }
                child.next(GOODBYE);
            }
        }

        /** What it is at after that message. */
        private Work told(Message message, Work current) {
            switch (message) {
                case Message.Begun begun -> {
                    opened = true;
                    if (begun.work() == null) {
                        progress.begins(device.id(), "peak and bandwidth");
                        peaksWanted = false;
                        return null;
                    }
                    if (!begun.work().equals(left.getFirst().id())) {
                        return current; // none of ours says so
                    }
                    progress.begins(device.id(), begun.work());
                    return left.getFirst();
                }
                case Message.PeaksMeasured measured -> peaks = measured;
                case Message.Done done -> {
                    if (current == null || done.cell() == null
                            || !current.id().equals(done.cell().work())) {
                        return current; // none of ours says so
                    }
                    left.removeFirst();
                    cells.add(done.cell());
                    progress.done(++cellsDone);
                    return null;
                }
                case Message.Refused refused -> end = refused.sentence();
                case Message.Listed listed -> {
                    // none of ours says so
                }
            }
            return current;
        }

        /** The process is no more; what it was at is lost, and the next one goes on behind. */
        private void lost(Work current, State state, String sentence) {
            if (current != null) {
                left.removeFirst();
                cells.add(Measurement.without(current, state, sentence));
                progress.done(++cellsDone);
            }
            if (starts == MOST_STARTS) {
                end = "%s in turn were lost; of the last: %s"
                        .formatted(Printable.count(starts, "process"), sentence);
            }
        }

        private Duration limit(Work work) {
            return limits.cell().plusNanos((long) (REFERENCE_NANOS_PER_FLOP * work.flops()));
        }
    }
}
