# In CrossBuild.cmake's folder of headers.
set(cxxopts_FOUND TRUE)
