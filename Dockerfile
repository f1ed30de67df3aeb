# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Images made from the sources. The last stage has the runtime alone, for programs that are compiled already; `compiler`
# has both:
#   docker build -t wasm2native .
#   docker build -t wasm2native-compiler --target compiler .
#   docker run --rm -v "$PWD:/work" wasm2native-compiler -O3 mod.wasm
#   docker run --rm -v "$PWD:/work" wasm2native run mod.so
ARG DEBIAN=debian:bookworm-slim

FROM ${DEBIAN} AS build
WORKDIR /source
COPY utils/install-deps.sh utils/
RUN utils/install-deps.sh
COPY . .
RUN cmake --preset release --log-level=WARNING \
  && cmake --build --preset release --target wasm2native wasm2native-compiler wasm2native-runtime \
       wasm2native-runtime-static wasm2native-bindgen wasm2native-oci w2nManual wasm2native-static \
  && cd build/release && cpack -G DEB

FROM ${DEBIAN} AS compiler
RUN --mount=type=bind,from=build,source=/source/build/release,target=/packages \
  apt-get update \
  && apt-get install -y --no-install-recommends /packages/wasm2native_*.deb /packages/wasm2native-compiler_*.deb \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /work
ENTRYPOINT ["wasm2native"]

FROM scratch AS static
COPY --from=build /source/build/release/static/wasm2native /wasm2native
ENTRYPOINT ["/wasm2native"]

FROM ${DEBIAN} AS runtime
RUN --mount=type=bind,from=build,source=/source/build/release,target=/packages \
  dpkg -i /packages/wasm2native_*.deb || (apt-get update && apt-get install -y -f && rm -rf /var/lib/apt/lists/*)
USER nobody
WORKDIR /work
ENTRYPOINT ["wasm2native"]
