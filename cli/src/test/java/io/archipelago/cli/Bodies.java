package io.archipelago.cli;

/** What a site answers about the cluster of the example, in each state. */
final class Bodies {
    static final String ID = "0198f0a0-0000-7000-8000-000000000001";

    static final String FILE = """
            name: genome-assembly
            window:
              start: 2026-12-01T00:00:30Z
              duration: PT1H
            machines:
              compute: { count: 3, cpus: 2, memory: 4GiB, disk: 20GiB }
            """;

    private static final String STARTS_SOON = "2026-12-01T00:00:30Z";

    private Bodies() {}

    static String reservation(String state) {
        return reservation(state, STARTS_SOON);
    }

    static String reservation(String state, String start) {
        return """
                {"id": "%s", "name": "genome-assembly", "state": "%s",
                 "window": {"start": "%s", "end": "2026-12-05T09:00:00Z"}}
                """.formatted(ID, state, start);
    }

    /** @param ready how many of osaka's two machines are ready */
    static String deploying(String state, int ready) {
        return """
                {"id": "%s", "name": "genome-assembly", "state": "%s",
                 "window": {"start": "%s", "end": "2026-12-05T09:00:00Z"},
                 "sites": [{"site": "tokyo", "role": "MASTER", "state": "READY", "machines": 1},
                           {"site": "osaka", "role": "WORKER", "state": "%s", "machines": 2}],
                 "machines": [
                   {"name": "vcompute-tokyo-0", "role": "FRONTEND", "site": "tokyo", "ip": "172.17.0.1",
                    "mac": "02:ab:cd:01:00:00", "state": "RUNNING", "phase": "READY"},
                   {"name": "vcompute-osaka-1", "role": "COMPUTE", "site": "osaka", "ip": "172.18.0.1",
                    "mac": "02:ab:cd:02:00:01", "state": "RUNNING", "phase": "%s"},
                   {"name": "vcompute-osaka-2", "role": "COMPUTE", "site": "osaka", "ip": "172.18.0.2",
                    "mac": "02:ab:cd:02:00:02", "state": "RUNNING", "phase": "%s"}],
                 "segments": [{"site": "tokyo", "vlan": 101}, {"site": "osaka", "vlan": 734}],
                 "links": [{"from": "osaka", "to": "tokyo", "state": "READY", "mtu": 1400}],
                 "caches": [{"site": "osaka", "state": "READY"}],
                 "problems": []}
                """.formatted(
                        ID,
                        state,
                        STARTS_SOON,
                        ready == 2 ? "READY" : "DEPLOYING",
                        ready > 0 ? "READY" : "PENDING",
                        ready > 1 ? "READY" : "PENDING");
    }

    static String refused() {
        return """
                {"id": "%s", "name": "genome-assembly", "state": "REFUSED",
                 "window": {"start": "%s", "end": "2026-12-05T09:00:00Z"}, "sites": [], "machines": [],
                 "segments": [], "links": [], "caches": [],
                 "problems": [{"code": "capacity", "site": "osaka", "message": "4 hosts are missing until 12:00Z"}]}
                """.formatted(ID, STARTS_SOON);
    }

    /** @param state of the second of two offers; the first could not be held */
    static String refusedWithOffers(String state) {
        return """
                {"id": "%s", "name": "genome-assembly", "state": "REFUSED",
                 "window": {"start": "%s", "end": "2026-12-05T09:00:00Z"}, "sites": [], "machines": [],
                 "segments": [], "links": [], "caches": [],
                 "problems": [{"code": "no-capacity", "site": "osaka", "message": "4 hosts are missing",
                               "resource": "machines", "earliestStart": "2026-12-06T00:00:00Z", "fits": 2,
                               "missing": {"amount": 3, "during": {"start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}}}],
                 "offers": [
                   {"number": 1, "change": "FEWER", "state": "GONE", "machines": 2, "sites": {}, "reservation": "f",
                    "window": {"start": "2026-12-01T00:00:30Z", "end": "2026-12-05T09:00:00Z"}},
                   {"number": 2, "change": "LATER", "state": "%s", "machines": 3, "reservation": "l",
                    "sites": {"osaka": 2, "tokyo": 2}, "until": "2026-12-01T00:10:00Z",
                    "window": {"start": "2026-12-06T00:00:00Z", "end": "2026-12-10T09:00:00Z"}}]}
                """.formatted(ID, STARTS_SOON, state);
    }
}
