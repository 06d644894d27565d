# A worker of three modules, which may reach the server for actions on this machine.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "dist/worker.js"),
    (name = "dispatcher_bg.wasm", wasm = embed "dist/dispatcher_bg.wasm"),
    (name = "flight_bg.wasm", wasm = embed "dist/flight_bg.wasm"),
  ],
  compatibilityDate = "2026-11-01",
);
