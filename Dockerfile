FROM maven:3.9.11-eclipse-temurin-25 AS build
WORKDIR /build
COPY pom.xml ./
COPY proto proto
COPY db db
COPY server server
COPY client client
# Maven wants the pom of each module it knows, also of those that are not built here.
COPY bench/pom.xml bench/
COPY bench/house/pom.xml bench/house/
RUN mvn -q -B -Pquick -Dmaven.test.skip=true -pl server,client/commands -am package

FROM eclipse-temurin:25-jre
RUN useradd --system --no-create-home --uid 10001 loadonce
# Both jars look for their libraries in lib/ beside them; the versions are the same.
COPY --from=build /build/server/target/lib /opt/loadonce/lib
COPY --from=build /build/client/commands/target/lib /opt/loadonce/lib
COPY --from=build /build/server/target/loadonce-server-*.jar /opt/loadonce/loadonce-server.jar
COPY --from=build /build/client/commands/target/loadonce-commands-*.jar /opt/loadonce/loadonce-commands.jar
COPY LICENSE NOTICE /opt/loadonce/
COPY deploy /opt/loadonce/deploy
# The AOT caches make the start quicker. They fit this JVM, these options and these paths; a JVM that
# cannot use its cache starts without it.
RUN sh /opt/loadonce/deploy/rehearse java \
      /opt/loadonce/loadonce-server.jar /opt/loadonce/loadonce-commands.jar \
    || echo "no AOT cache was made; this image starts slowly" >&2
USER 10001:10001
# The loopback address of a container is not reachable from outside of it.
ENV LOADONCE_HOST=0.0.0.0 LOADONCE_ADMIN_HOST=0.0.0.0
EXPOSE 50051 50080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["java", "@/opt/loadonce/deploy/every.options", "@/opt/loadonce/deploy/quick.options", \
       "-XX:AOTCache=/opt/loadonce/loadonce-commands.aot", "-Xlog:aot*=off", \
       "-jar", "/opt/loadonce/loadonce-commands.jar", "check"]
# The service is alone in its container, so its heap may take 60 % of the container's memory instead
# of a quarter; threads, buffers (256 MiB at most) and the JVM itself need the rest. JDK_JAVA_OPTIONS may hold
# more options for the JVM (no -Xshare: it excludes an AOT cache), LOADONCE_* the settings. Mount JDBC
# drivers into /opt/loadonce/drivers.
ENTRYPOINT ["java", "@/opt/loadonce/deploy/every.options", "@/opt/loadonce/deploy/serve.options", \
            "-XX:MaxRAMPercentage=60", \
            "-XX:AOTCache=/opt/loadonce/loadonce-server.aot", "-Xlog:aot*=off", \
            "-cp", "/opt/loadonce/loadonce-server.jar:/opt/loadonce/drivers/*", \
            "io.loadonce.server.Main"]
