mod flight;
