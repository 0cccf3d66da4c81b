namespace Adclicks.Load;

/// <summary>Who advertises what where in the sample clicks. All of it is made up; so are the visitors' addresses, from 198.18.0.0/15 (RFC 2544).</summary>
internal static class SampleMarket
{
    /// <summary>Ads with their campaigns and advertisers, the most clicked first.</summary>
    public static readonly (string Ad, string Campaign, string Advertiser)[] Ads =
    [
        ("boots-hero", "autumn-boots", "northwind"), ("coffee-hero", "coffee-club", "roast"), ("game-trailer", "game-launch", "pixelfox"), ("bike-video", "city-bikes", "velo"),
        ("boots-feed", "autumn-boots", "northwind"), ("card-cashback", "travel-card", "bluebank"), ("coffee-trial", "coffee-club", "roast"), ("game-preorder", "game-launch", "pixelfox"),
        ("boots-story", "autumn-boots", "northwind"), ("solar-quote", "home-solar", "sunroof"), ("bike-banner", "city-bikes", "velo"), ("card-lounge", "travel-card", "bluebank"),
        ("sandals-feed", "summer-sale", "northwind"), ("game-playable", "game-launch", "pixelfox"), ("coffee-gift", "coffee-club", "roast"), ("bike-native", "city-bikes", "velo"),
        ("loan-banner", "home-loan", "bluebank"), ("solar-roof", "home-solar", "sunroof"), ("card-app", "travel-card", "bluebank"), ("boots-retarget", "autumn-boots", "northwind"),
    ];

    public static readonly string[] Publishers =
        ["daily-news", "weather-now", "recipes", "sport-live", "tech-review", "travel-blog", "finance-desk", "puzzle-app", "city-guide", "music-charts"];

    /// <summary>Where visitors are at home, the most frequent first.</summary>
    public static readonly (string Country, string Region, string City)[] Homes =
    [
        ("US", "New York", "New York"), ("GB", "England", "London"), ("DE", "Berlin", "Berlin"), ("US", "California", "Los Angeles"), ("FR", "Île-de-France", "Paris"),
        ("IN", "Maharashtra", "Mumbai"), ("BR", "São Paulo", "São Paulo"), ("DE", "Bavaria", "Munich"), ("JP", "Tokyo", "Tokyo"), ("ES", "Madrid", "Madrid"),
        ("GB", "Scotland", "Edinburgh"), ("NL", "North Holland", "Amsterdam"), ("CA", "Ontario", "Toronto"), ("PL", "Mazovia", "Warsaw"), ("AU", "New South Wales", "Sydney"),
        ("SE", "Stockholm", "Stockholm"),
    ];

    /// <summary>What visitors use, with how many of a hundred do.</summary>
    public static readonly (int Weight, string UserAgent)[] Agents =
    [
        (28, "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"),
        (25, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"),
        (18, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"),
        (9, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15"),
        (6, "Mozilla/5.0 (Linux; Android 13; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"),
        (5, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        (5, "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"),
        (4, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    ];

    /// <summary>How much is clicked in each hour of a day (UTC).</summary>
    public static readonly double[] Hours = [9, 7, 6, 5, 5, 6, 8, 11, 14, 16, 18, 20, 21, 20, 18, 18, 19, 21, 24, 27, 28, 25, 19, 13];
}
